import ReportModel
import ReportScheme
import ReportStorage

/// What lets a program act as the province: the authority's key, and the scheme by which it rules.
package struct Root: Sendable {
    package let key: SealingKey
    package let scheme: Scheme

    package init(key: SealingKey, scheme: Scheme) {
        self.key = key
        self.scheme = scheme
    }

    /// As whom the root writes.
    private static let author = "省级"
    private static let deviceName = "省级服务器"

    /// Writes cells of a scope and seals them.
    func write(_ writes: [Change.Write], in scope: UnitCode, now: Timestamp, _ writer: StoreWriter) throws {
        try writer.writeOwn(writes, in: scope, author: Self.author, deviceName: Self.deviceName, now: now)
        try writer.sealOwnChanges(with: self.key, in: [scope])
        // The province is the root: what it holds is delivered.
        try writer.markDelivered(writer.chains(in: scope).frontier.heads, in: scope)
    }

    /// Rules out those writes of changes just taken that the scheme positively forbids to their devices, and all writes of a
    /// device of which it cannot be read what it was granted: of such a device nothing is known but its key.
    ///
    /// - Returns: How many.
    func rule(
        on changes: [StoreWriter.TakenChange],
        in scope: UnitCode,
        now: Timestamp,
        _ writer: StoreWriter
    ) throws -> Int {
        // What the root had seen when it wrote, it had let pass by the scheme of that day: a restored province gets it back,
        // and judges nothing twice.
        let chains = try writer.chains(in: scope)
        let seen = try chains.lines.filter { $0.signer == self.key.publicKey.id }.flatMap { line in
            try chains.positions(of: line.frontierAtHead, hash: writer.reader.hash)
        }
        var devices: [DeviceID: GrantedDevice?] = [:]
        var voids: [Change.Write] = []
        for taken in changes {
            guard let signer = taken.signer, signer != self.key.publicKey.id,
                let position = try chains.position(of: taken.name, hash: writer.reader.hash),
                !chains.isCovered(position, by: seen)
            else { continue }
            if devices[signer] == nil {
                devices[signer] = .some(try writer.reader.grantedDevice(signer, in: scope))
            }
            let device = devices[signer] ?? nil
            for (index, write) in taken.change.writes.enumerated() {
                guard let code = self.objection(to: write, in: scope, by: taken.change.author, on: device) else {
                    continue
                }
                voids.append(Change.Write(SystemForm.void(of: taken.name, write: index), .text(code)))
            }
        }
        guard !voids.isEmpty else { return 0 }
        try self.write(voids, in: scope, now: now, writer)
        return voids.count
    }

    /// The code of the reason why a write does not count; `nil` where it does.
    private func objection(
        to write: Change.Write,
        in scope: UnitCode,
        by author: PersonID,
        on device: GrantedDevice?
    ) -> String? {
        guard let device else { return AccessRefusal.notGranted }
        let address = CellAddress(write.address, in: scope)
        return self.scheme.refusal(of: (address, write.value), by: author, on: device)?.code
    }
}

extension ServerStore {
    /// Seals what the province wrote and has no seal: it seals whatever it writes at once, but seals of a damaged store may be
    /// lost when it is rebuilt.
    package func sealOwnChanges(with key: SealingKey) throws {
        _ = try self.database.write { try $0.sealOwnChanges(with: key) }
    }

    /// Grants a device what it is there for, in every scope of its unit and below, and nowhere else any more. Where it has the
    /// very grant already, nothing is written; where it was revoked, that ends.
    ///
    /// - Returns: The scopes in which something was written.
    @discardableResult
    package func grant(_ device: GrantedDevice, as root: Root, now: Timestamp) throws -> [UnitCode] {
        try self.database.write { try root.grant(device, now: now, $0) }
    }

    /// Grants every device that is trusted what it is there for also in those units below its own that a new scheme has
    /// brought, or has moved there.
    ///
    /// - Parameter revoked: devices that are trusted no more, although the store may not know it.
    /// - Returns: Whether one of them lacked something.
    @discardableResult
    package func extendGrants(except revoked: Set<DeviceID>, as root: Root, now: Timestamp) throws -> Bool {
        try self.database.write { writer in
            // Looked up in here: one that is revoked meanwhile would be trusted again.
            let trusted = try writer.reader.enrolledDevices().map { $0.revoked(by: revoked) }.filter {
                !$0.isRevoked && root.scheme.unit($0.granted.grant.unit) != nil
            }
            return try trusted.reduce(false) { try !root.grant($1.granted, now: now, writer).isEmpty || $0 }
        }
    }

    /// What the device writes from now on does not count any more, in any scope in which it was granted something.
    ///
    /// - Returns: The scopes in which it was trusted until now.
    @discardableResult
    package func revoke(_ device: DeviceID, as root: Root, now: Timestamp) throws -> [UnitCode] {
        try self.database.write { writer in
            try root.revoke(device, in: writer.reader.scopes(), now: now, writer)
        }
    }
}

extension Root {
    @discardableResult
    func grant(_ device: GrantedDevice, now: Timestamp, _ writer: StoreWriter) throws -> [UnitCode] {
        let scopes = self.scheme.unitAndBelow(device.grant.unit).map(\.code)
        let former = try writer.reader.scopes().filter { !scopes.contains($0) }
        try self.revoke(device.key.id, in: former, now: now, writer)
        return try scopes.filter { scope in
            let isRevoked = try writer.reader.isRevoked(device.key.id, in: scope)
            guard try isRevoked || writer.reader.grantedDevice(device.key.id, in: scope) != device else {
                return false
            }
            try self.write(device.writes, in: scope, now: now, writer)
            return true
        }
    }

    @discardableResult
    fileprivate func revoke(
        _ device: DeviceID,
        in scopes: [UnitCode],
        now: Timestamp,
        _ writer: StoreWriter
    ) throws -> [UnitCode] {
        try scopes.filter { scope in
            guard try writer.reader.grantedKey(of: device, in: scope) != nil,
                try !writer.reader.isRevoked(device, in: scope)
            else { return false }
            let revocation = Change.Write(SystemForm.grant(SystemForm.grantState, of: device), GrantMark.revoked.value)
            try self.write([revocation], in: scope, now: now, writer)
            return true
        }
    }
}
