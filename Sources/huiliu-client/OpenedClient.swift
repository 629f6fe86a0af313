import ClientStore
import ClientSync
import ReportCommand
import ReportModel
import ReportScheme
import ReportStorage

/// The office's store, with its scheme read.
struct OpenedClient {
    let store: ClientStore
    let scheme: Scheme
    private let directory: String

    init(_ common: CommonOptions, access: ReportDatabase.Access) throws {
        self.directory = common.storeDirectory
        self.store = try Self.store(common, access: access)
        do {
            self.scheme = try Scheme.parse(try self.store.schemeSource())
        } catch let mistakes as SchemeMistakes {
            // A scheme is only stored when it can be read. The clerk cannot correct it; rebuilding puts another there.
            throw StoreError.damaged(path: self.store.database.path, detail: "\(mistakes)")
        }
    }

    /// The store alone, whatever its scheme is like.
    static func store(_ common: CommonOptions, access: ReportDatabase.Access) throws -> ClientStore {
        do {
            return try ClientStore(in: common.storeDirectory, access: access)
        } catch let error as StoreError {
            guard case .notFound = error else { throw error }
            try EnrolmentPending.check(common.storeDirectory)
            throw CommandFailure(Exit.usage, error)
        }
    }

    /// By what this device is known; `nil` in a province where nobody is enrolled.
    ///
    /// - Throws: `KeyFileError`, `OtherKey`.
    func deviceIdentity() throws -> DeviceIdentity? {
        try DeviceIdentity(of: self.store, in: self.directory)
    }

    /// Why this device cannot be known by its key, so that it cannot sync; `nil` where it can.
    func keyProblem() -> (any ExplainedError)? {
        do {
            _ = try self.deviceIdentity()
            return nil
        } catch {
            return error as? any ExplainedError
        }
    }

    /// The cell that a person typed, if this office may write it.
    func cell(_ text: String) throws -> SchemeCell {
        let cell = try self.scheme.cell(self.address(text))
        try self.requireOwn(cell.unit)
        return cell
    }

    /// The address that a person typed, of whatever cell. Its parts may stand by names instead of codes, as on paper:
    /// 长垣县产业集聚区/土地与规划/2024/规划面积.
    func address(_ text: String) throws -> CellAddress {
        try TypedAddress.read(text, scheme: self.scheme)
    }

    /// Whether the cell is one that people fill in: the scheme has it.
    func fills(_ address: CellAddress) -> Bool { (try? self.scheme.cell(address)) != nil }

    /// Whether the cell is the list of amendments of a target letter.
    func isAmendments(_ address: CellAddress) -> Bool { self.scheme.letter(over: address)?.amendments == address }

    /// The cell in words, such as 长垣县产业集聚区 道路 2024-H1; its address where the scheme does not have it.
    func name(of address: CellAddress) -> String {
        guard let cell = try? self.scheme.cell(address) else { return address.description }
        return "\(cell.unit.name[Speech.language]) \(cell.item.name[Speech.language]) \(address.period)"
    }

    /// The check with this code.
    func check(_ code: String) throws -> Check {
        guard let check = self.scheme.checks.first(where: { $0.code.description == code }) else {
            throw UnknownCheck(check: code)
        }
        return check
    }

    /// An office keeps the figures of its own unit and of those below it.
    func requireOwn(_ unit: ReportingUnit) throws {
        guard self.keeps(unit.code) else { throw ForeignUnit(unit: unit, own: self.store.identity.unit) }
    }

    func keeps(_ unit: UnitCode) -> Bool {
        self.scheme.unitAndBelow(self.store.identity.unit).contains { $0.code == unit }
    }

    /// The failure for a refused write, with the versions that are the reason.
    func failure(_ refusal: WriteRefusal) -> CommandFailure {
        CommandFailure(Exit.refused, refusal, versions: VersionJSON.list(refusal.cell, scheme: self.scheme))
    }
}

/// A check that the scheme does not have.
struct UnknownCheck: ExplainedError {
    let check: String

    var code: String { "unknown_check" }
    var explanation: Bilingual {
        Bilingual("制度中没有审核“\(self.check.shortened)”。", "The scheme has no check “\(self.check.shortened)”.")
    }
    var advice: Bilingual {
        Bilingual("请用 check 给出的代码，例如 LD-01。", "Use a code that check prints, such as LD-01.")
    }
}

/// A unit of which this office keeps nothing.
struct ForeignUnit: ExplainedError {
    let unit: ReportingUnit
    let own: UnitCode

    var code: String { "foreign_unit" }

    var explanation: Bilingual {
        Bilingual(
            "\(self.unit.name.chinese)（\(self.unit.code)）不属于本机的单位 \(self.own)。",
            "\(self.unit.name.english) (\(self.unit.code)) is not part of this office's unit \(self.own)."
        )
    }

    var advice: Bilingual {
        Bilingual(
            "本机只保存本单位及其下级单位的数据，也只填写这些。",
            "Only the figures of your own unit and of those below it are kept and written here."
        )
    }
}
