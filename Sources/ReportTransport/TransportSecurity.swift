import Crypto
import NIOCore
import NIOSSL
import ReportIdentity
import ReportModel

/// How one side of a line proves who it is, and what it asks of the other: TLS 1.3 with the province's own certificates.
///
/// The library checks that the other side holds the key of the certificate that it shows. Whether that certificate is the
/// authority's word for a device or for the server is checked here, against the authority's public key; names of machines
/// and dates are not looked at. Nothing is sent before the handshake is over. We resume no session; the library lets others
/// do so, but then no key has signed anything, and the line tells no device.
package struct TransportSecurity: Sendable {
    /// What both sides name as the protocol within (ALPN, RFC 7301).
    static let protocolName = "huiliu/0"

    let isServer: Bool
    /// Whether we show a certificate.
    let hasCertificate: Bool
    private let authority: DeviceKey
    private let context: NIOSSLContext

    /// The province's side. A client may show a device's certificate, or none while it is not enrolled.
    ///
    /// - Parameters:
    ///   - authority: the province's public key.
    ///   - key: of `certificate`.
    /// - Throws: What the library says of a key or certificate that it does not take, which is never for ours.
    package static func server(
        authority: DeviceKey,
        certificate: ServerCertificate,
        key: P256.Signing.PrivateKey
    ) throws -> TransportSecurity {
        precondition(DeviceKey(key.publicKey) == certificate.key, "the key is the certificate's")
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(try NIOSSLCertificate(bytes: certificate.der, format: .der))],
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der))
        )
        configuration.certificateVerification = .optionalVerification
        return try TransportSecurity(configuration, authority, isServer: true, hasCertificate: true)
    }

    /// A device's side. The server must show the certificate of the province's server.
    ///
    /// - Parameters:
    ///   - authority: the province's public key, as it was pinned.
    ///   - identity: the device's certificate and key; `nil` while it is not enrolled.
    /// - Throws: What the library says of a key or certificate that it does not take, which is never for ours.
    package static func client(
        authority: DeviceKey,
        identity: (certificate: DeviceCertificate, key: P256.Signing.PrivateKey)?
    ) throws -> TransportSecurity {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let (certificate, key) = identity {
            precondition(DeviceKey(key.publicKey) == certificate.key, "the key is the certificate's")
            configuration.certificateChain = [
                .certificate(try NIOSSLCertificate(bytes: certificate.der, format: .der))
            ]
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der)
            )
        }
        // The certificate is asked for and shown to our own check; only the name of the machine is nobody's business.
        configuration.certificateVerification = .noHostnameVerification
        return try TransportSecurity(configuration, authority, isServer: false, hasCertificate: identity != nil)
    }

    private init(
        _ configuration: TLSConfiguration,
        _ authority: DeviceKey,
        isServer: Bool,
        hasCertificate: Bool
    ) throws {
        var configuration = configuration
        configuration.minimumTLSVersion = .tlsv13
        configuration.maximumTLSVersion = .tlsv13
        // The world's authorities are none of ours, and need not be read from the disk.
        configuration.trustRoots = .certificates([])
        configuration.verifySignatureAlgorithms = [.ecdsaSecp256R1Sha256]
        configuration.signingSignatureAlgorithms = [.ecdsaSecp256R1Sha256]
        configuration.curves = [.x25519, .secp256r1]
        configuration.applicationProtocols = [Self.protocolName]
        configuration.renegotiationSupport = .none
        self.isServer = isServer
        self.hasCertificate = hasCertificate
        self.authority = authority
        self.context = try NIOSSLContext(configuration: configuration)
    }

    // MARK: - A line

    /// Puts the handlers of a secured line into an empty pipeline.
    func secure(_ channel: any Channel) throws -> Handshake {
        let handshake = Handshake(isServer: self.isServer)
        let verify = { @Sendable (chain: [NIOSSLCertificate], result: EventLoopPromise<NIOSSLVerificationResult>) in
            do {
                try self.verify(chain, handshake)
                result.succeed(.certificateVerified)
            } catch {
                result.succeed(.failed)
            }
        }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HandshakeGate(handshake))
        if self.isServer {
            try pipeline.addHandler(
                NIOSSLServerHandler(context: self.context, customVerificationCallback: verify)
            )
        } else {
            try pipeline.addHandler(
                NIOSSLClientHandler(
                    context: self.context,
                    serverHostname: nil,
                    customVerificationCallback: verify
                )
            )
        }
        try pipeline.addHandler(SecurityHandler(handshake, hasCertificate: self.hasCertificate))
        return handshake
    }

    /// Looks at what the other side shows. The handshake goes on only if this returns.
    private func verify(_ chain: [NIOSSLCertificate], _ handshake: Handshake) throws {
        do {
            guard chain.count == 1 else { throw CertificateRefusal.notOne(count: chain.count) }
            let der = try chain[0].toDERBytes()
            if self.isServer {
                handshake.verified(try DeviceCertificate(der: der, authority: self.authority))
            } else {
                _ = try ServerCertificate(der: der, authority: self.authority)
            }
        } catch let refusal as CertificateRefusal {
            handshake.refused(refusal)
            throw refusal
        }
    }
}
