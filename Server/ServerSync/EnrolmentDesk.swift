import ReportIdentity
import ReportModel
import ReportScheme
import ReportWire
import ServerIdentity
import ServerStore

/// Where devices get their certificates, over a line or by files.
package struct EnrolmentDesk: Sendable {
    private let store: ServerStore
    private let authority: Authority
    private let scheme: Scheme

    package init(store: ServerStore, authority: Authority, scheme: Scheme) {
        (self.store, self.authority, self.scheme) = (store, authority, scheme)
    }

    private var root: Root { Root(key: self.authority.sealingKey, scheme: self.scheme) }

    /// Enrols the device that asks for it, if its code is good: from then on it is granted what the code stands for. The
    /// device that has used a code gets another certificate for it: the first may not have arrived.
    ///
    /// - Returns: The device's certificate, once everything is durable.
    /// - Throws: `ProtocolError` for the device, and errors of the store.
    package func enrol(_ enrol: Enrol, now: Timestamp) throws -> DeviceCertificate {
        guard let code = EnrolmentCode(enrol.code) else { throw ProtocolError.codeUnknown }
        let request: CertificateRequest
        do {
            request = try CertificateRequest(der: enrol.request)
        } catch {
            throw ProtocolError.requestRefused(error.sentence)
        }
        do {
            let device = try self.store.enrol(
                request.key,
                code: code.row,
                certificateExpires: Validity.year(from: now).notAfter,
                as: self.root,
                now: now
            )
            return try self.issue(for: device, now: now)
        } catch let refusal as EnrolmentRefusal {
            throw ProtocolError(refusal)
        }
    }

    /// A new certificate for a device whose own has a third of its time left, or less.
    ///
    /// - Returns: `nil` while the one that it has shown is good.
    package func renew(_ shown: DeviceCertificate, now: Timestamp) throws -> DeviceCertificate? {
        guard shown.validity.isRunningOut(at: now) else { return nil }
        let device = try self.store.noteRenewal(
            of: shown.id,
            in: shown.facts.unit,
            certificateExpires: Validity.year(from: now).notAfter,
            as: self.root,
            now: now
        )
        return try device.map { try self.issue(for: $0, now: now) }
    }

    private func issue(for device: GrantedDevice, now: Timestamp) throws -> DeviceCertificate {
        try self.authority.issueDevice(for: device.key, facts: DeviceFacts(device), now: now)
    }
}

extension EnrolmentCode {
    /// How the province's records name the code, which tells nobody what it is.
    package var row: Code { Code(Hexadecimal.text(self.digest.prefix(16)))! }
}

extension DeviceFacts {
    /// - Throws: `MalformedName`, which is never for names that were enrolled.
    fileprivate init(_ device: GrantedDevice) throws {
        try self.init(name: device.name, unit: device.grant.unit, role: device.grant.role, person: device.person)
    }
}

extension ProtocolError {
    fileprivate init(_ refusal: EnrolmentRefusal) {
        self =
            switch refusal {
            case .unknown: .codeUnknown
            case .used: .codeUsed
            case .expired: .codeExpired
            case .unknownUnit(let unit): .unknownUnit(unit)
            }
    }
}
