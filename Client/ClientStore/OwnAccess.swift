import ReportModel
import ReportScheme
import ReportStorage

/// What this device may write. What the root would rule out is said before it is written, by the same rule.
struct OwnAccess {
    private let reader: StoreReader
    private let scheme: Scheme?
    private let author: PersonID
    /// `nil` where nothing is sealed, and everybody may write.
    private let signer: DeviceID?
    /// An import has thousands of cells of a few scopes: each is asked for once.
    private var known: [UnitCode: Standing] = [:]

    private enum Standing {
        case notGranted
        case revoked
        case granted(GrantedDevice)
    }

    /// - Parameter author: in whose name the store writes.
    init(_ reader: StoreReader, _ scheme: Scheme?, author: PersonID) throws {
        self.author = author
        self.reader = reader
        self.scheme = scheme
        self.signer = try reader.signer()?.id
    }

    /// Why an edit may not be made. An amendment of a letter writes a further cell, so that is asked for as well.
    mutating func objection(to edit: Edit) throws -> WriteRefusal.Reason? {
        guard let signer = self.signer else { return nil }
        switch try self.standing(of: signer, in: edit.address.unit) {
        case .notGranted: return .notGranted
        case .revoked: return .revoked
        case .granted(let device):
            var writes = [(address: edit.address, value: edit.value)]
            if edit.amendment != nil, let letter = self.scheme?.letter(over: edit.address) {
                writes.append((letter.amendments, .text("")))
            }
            let refusal = writes.compactMap { self.scheme?.refusal(of: $0, by: self.author, on: device) }.first
            return refusal.map { .forbidden(code: $0.code, $0.explanation, advice: $0.advice) }
        }
    }

    private mutating func standing(of signer: DeviceID, in scope: UnitCode) throws -> Standing {
        if let known = self.known[scope] { return known }
        let device = try self.reader.grantedDevice(signer, in: scope)
        let isRevoked = try self.reader.isRevoked(signer, in: scope)
        let standing = isRevoked ? Standing.revoked : device.map { .granted($0) } ?? .notGranted
        self.known[scope] = standing
        return standing
    }
}
