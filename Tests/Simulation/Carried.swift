import ReportModel
import TestSupport

/// Something in the pouch of whoever drives between the offices and the province.
struct Carried {
    enum Content {
        case parcel(SentParcel)
        case receipt(SentReceipt)
    }

    /// What it is called in the story. Its own bytes are not told: they are another time others.
    let name: String
    let bytes: [UInt8]
    let content: Content
    /// How often somebody took it whole.
    var takenCount = 0
}

/// What is known of a parcel, in plain words.
struct SentParcel {
    /// The office that made it.
    let client: SimulatedClient
    let number: UInt64
    let haves: HaveRecords
    /// What the office held, in each scope of which it speaks.
    let held: [UnitCode: Set<ChangeName>]
    /// From which incarnation of the province's store the office had last heard then.
    let contacts: [UnitCode: Int]
}

/// What is known of a receipt, in plain words.
struct SentReceipt {
    let parcel: SentParcel
    /// Of the province's store that gave it.
    let incarnation: Int
    let haves: HaveRecords
    /// What the province held then of each scope that it serves this office.
    let held: [UnitCode: Set<ChangeName>]
    /// In which scopes the province had read what the office held, and sends what that lacks.
    let answered: Set<UnitCode>
}

/// The scopes of which a parcel or a receipt says first of all how far its writer is, in their order.
struct HaveRecords {
    let scopes: [UnitCode]
    /// Whether each stands in a record of its own, and not all in one.
    let isOneEach: Bool

    /// After the header and the opening.
    private static let first = 2

    /// Those that are read.
    func read(_ damage: StickDamage?) -> [UnitCode] {
        guard let damage else { return self.scopes }
        let wholeCount = max(0, damage.record - Self.first)
        return self.isOneEach || wholeCount == 0 ? Array(self.scopes.prefix(wholeCount)) : self.scopes
    }
}

/// What befalls a file on a stick. It is drawn by records and not by bytes, since no two runs encrypt or sign alike: a
/// certificate takes a byte more or less.
struct StickDamage {
    enum Kind: CaseIterable {
        /// The file ends in the record, or right before it.
        case cut
        /// A byte of the record is another.
        case altered
        /// The file goes on behind its end.
        case trailing
    }

    let kind: Kind
    /// The first one that is not whole: 0 is the header before all records, 1 the opening.
    let record: Int
    let bytes: [UInt8]

    var sparesOpening: Bool { self.record > 1 }

    /// - Parameters:
    ///   - starts: where the header and each record begin.
    ///   - permille: how far into the record it happens.
    ///   - mask: of the bits that are others; not 0.
    init(of bytes: [UInt8], kind: Kind, record: Int, starts: [Int], permille: Int, mask: UInt8) {
        self.kind = kind
        self.record = kind == .trailing ? starts.count : record
        let start = starts[record]
        let end = record + 1 < starts.count ? starts[record + 1] : bytes.count
        let offset = start + (end - start) * permille / 1000
        switch kind {
        case .cut: self.bytes = Array(bytes[..<offset])
        case .altered:
            var altered = bytes
            altered[offset] ^= mask
            self.bytes = altered
        case .trailing: self.bytes = bytes + [mask]
        }
    }

    /// Where the header of a parcel and each of its records begin: before each stands its length.
    static func starts(of bytes: [UInt8], headerByteCount: Int) -> [Int] {
        var starts = [0]
        var next = headerByteCount
        while next < bytes.count {
            starts.append(next)
            next += 4 + bytes[next..<next + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        return starts
    }
}
