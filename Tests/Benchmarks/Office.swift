import ClientStore
import ReportModel
import ReportScheme
import ReportStorage

/// A fixed day's clock.
enum Workday {
    /// 2024-07-02T00:20:00Z, a reporting day.
    static let time = Timestamp(secondsSince1970: 1_719_879_600)

    /// The moment of the `index`th edit of a morning: one to two minutes apart.
    static func edit(_ index: Int) -> Timestamp {
        Timestamp(secondsSince1970: self.time.secondsSince1970 + Int64(index * 97 + index * index % 41))
    }
}

extension ClientStore {
    /// A new store of an office, on disk.
    static func office(in directory: String, unit: UnitCode, scheme: SchemeSource) throws -> ClientStore {
        try ClientStore.create(
            in: directory,
            identity: ClientStore.Identity(
                replica: ReplicaID(rawValue: 2),
                unit: unit,
                server: "127.0.0.1:7428",
                name: "办公室一",
                author: "张三"
            ),
            scheme: scheme
        )
    }
}
