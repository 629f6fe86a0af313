import Crypto
import Logging
import NIOCore
import ReportIdentity
import ReportModel
import ReportParcel
import ReportStorage
import ReportTransport
import ReportWire

/// Enrols a device over a line: shows the code of its enrolment file, and gets a certificate for its key.
package struct Enroller: Sendable {
    private let server: HostPort
    private let code: EnrolmentCode
    private let authority: DeviceKey
    private let key: P256.Signing.PrivateKey
    private let waitSeconds: Int64
    private let logger: Logger

    /// - Parameters:
    ///   - key: the device's; its private part stays here.
    ///   - waitSeconds: how long the province may be out of reach, or silent.
    package init(
        server: HostPort,
        code: EnrolmentCode,
        authority: DeviceKey,
        key: P256.Signing.PrivateKey,
        waitSeconds: Int64,
        logger: Logger
    ) {
        self.server = server
        self.code = code
        self.authority = authority
        self.key = key
        self.waitSeconds = waitSeconds
        self.logger = logger
    }

    /// What the device asks for, over a line or in a file.
    package static func request(code: EnrolmentCode, key: P256.Signing.PrivateKey) throws -> Enrol {
        Enrol(code: code.text, request: try CertificateRequest(key: key).der)
    }

    /// Writes the same question into a file, for an office without a line. The province answers with a parcel.
    ///
    /// - Throws: `FileExists`, `FileUnwritable`.
    package static func writeRequest(
        to path: String,
        code: EnrolmentCode,
        authority: DeviceKey,
        key: P256.Signing.PrivateKey,
        now: Timestamp
    ) throws {
        try PublishedFile.write(to: path, isReplacing: false, alreadyThere: FileExists(path: path)) { sink in
            let enrol = try self.request(code: code, key: key)
            var writer = try ParcelWriter(
                // No store has written it, and there was no parcel before it.
                ParcelOpening(replica: ReplicaID(rawValue: 0), number: 0, time: now, scheme: 0),
                to: authority,
                from: .newcomer(try CertificateRequest(der: enrol.request)),
                key: key,
                sink: sink
            )
            try writer.append(.enrol(enrol))
            try writer.finish()
        }
    }

    /// Reads the certificate in the province's answer. What else the answer holds is taken like any other
    /// (``OfficeParcels/takeAnswer(_:)``).
    ///
    /// - Throws: `ParcelRefusal`, `ParcelDamage`, and `CertificateRefusal`.
    package static func identity(
        in answer: InputFile,
        authority: DeviceKey,
        key: P256.Signing.PrivateKey
    ) throws -> DeviceIdentity {
        var reader = try ParcelReader(key: key, authority: authority, source: { try answer.next($0) })
        while let message = try reader.nextMessage() {
            guard case .certificate(let der) = message else { continue }
            return try self.identity(der, authority: authority, key: key)
        }
        throw ParcelRefusal.noCertificate
    }

    private static func identity(
        _ der: [UInt8],
        authority: DeviceKey,
        key: P256.Signing.PrivateKey
    ) throws -> DeviceIdentity {
        let certificate = try DeviceCertificate(der: der, authority: authority)
        guard certificate.key == DeviceKey(key.publicKey) else { throw CertificateRefusal.notDevice }
        return DeviceIdentity(key: key, certificate: certificate, authority: authority)
    }

    /// Asking again with the same code and key gets another certificate: the first may have been lost on its way.
    ///
    /// - Throws: `EnrolmentFailure`, and `CertificateRefusal` where the answer is no certificate for this device.
    package func run() async throws -> DeviceIdentity {
        let attempts = Attempts(
            server: self.server,
            // The code is shown to nobody but the province that the file names.
            security: try .client(authority: self.authority, identity: nil),
            waitSeconds: self.waitSeconds,
            logger: self.logger
        )
        let enrol = try Self.request(code: self.code, key: self.key)
        var answer: [UInt8] = []
        do {
            try await attempts.run { line in
                do {
                    answer = try await self.ask(enrol, over: line)
                    return Attempts.Outcome(error: nil, hasMoved: true)
                } catch let error as ProtocolError {
                    return Attempts.Outcome(error: error, hasMoved: false)
                }
            }
        } catch let failure as SyncFailure {
            throw EnrolmentFailure(failure: failure)
        }
        return try Self.identity(answer, authority: self.authority, key: self.key)
    }

    /// - Returns: The certificate, as it came.
    private func ask(_ enrol: Enrol, over line: FrameLine) async throws -> [UInt8] {
        var answer: Message?
        do {
            try await line.channel.executeThenClose { inbound, outbound in
                try await outbound.write(OutgoingFrame(.enrol(enrol)))
                var frames = IncomingFrames(inbound, line.patience)
                while answer == nil, let event = try await frames.next() {
                    if case .frame(let frame) = event { answer = try Message(frame) }
                }
            }
        } catch let error where error is IOError || error is ChannelError || error is NIOAsyncWriterError {
            self.logger.debug("connection failed", metadata: ["error": "\(error)"])
        }
        switch answer {
        case .certificate(let der): return der
        case .goodbye(let reason): throw reason
        case let message?: throw ProtocolError.unexpected(message.name)
        case nil: throw ProtocolError.connectionLost
        }
    }
}
