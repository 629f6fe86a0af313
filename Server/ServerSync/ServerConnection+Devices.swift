import Logging
import NIOPosix
import ReportIdentity
import ReportModel
import ReportStorage
import ReportWire
import ServerIdentity
import ServerStore

// Who may come in: enrolments, renewals and revocations.

extension ServerConnection {
    /// - Throws: What the device is told.
    func enrolled(_ enrol: Enrol) async throws -> DeviceCertificate {
        guard let desk = try self.desk() else { throw ProtocolError.unexpected("enrol") }
        let now = self.now()
        let certificate = try await NIOThreadPool.singleton.runIfActive { try desk.enrol(enrol, now: now) }
        self.logger.notice(
            "enrolled",
            metadata: ["device": "\(certificate.id)", "unit": "\(certificate.facts.unit)"]
        )
        return certificate
    }

    /// A certificate for a device whose own is running out. That it does not get one now keeps nobody from syncing.
    func renewed(_ peer: DeviceCertificate?) async throws -> DeviceCertificate? {
        guard let peer, let desk = try self.desk() else { return nil }
        let now = self.now()
        do {
            return try await NIOThreadPool.singleton.runIfActive { try desk.renew(peer, now: now) }
        } catch {
            self.logger.error("certificate not renewed", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func desk() throws -> EnrolmentDesk? {
        try self.authority.map {
            EnrolmentDesk(store: self.store, authority: $0, scheme: try self.scheme.current().scheme)
        }
    }

    /// Asked for every frame, so that a revocation takes effect on the next.
    func isRevoked(_ peer: DeviceCertificate) async throws -> Bool {
        if self.revoked.contains(peer.id) { return true }
        let store = self.store
        return try await NIOThreadPool.singleton.runIfActive {
            try store.database.read { try $0.isRevoked(peer.id, in: peer.facts.unit) }
        }
    }
}
