import ReportModel

/// What a fuzzer is pointed at. Each target is a property that holds for any bytes; the same one is tried by libFuzzer
/// (`make fuzz`) and, with mutations from a seed, by the tests.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// A stream of bytes, cut into frames.
    case frames
    /// Kind, flags and payload of one frame.
    case message
    /// The columns of a batch.
    case batch
    /// The canonical bytes of a change.
    case change
    /// A parcel, as a file and as what is encrypted in it.
    case parcel
    /// What a client says to a server, message after message.
    case server
    /// What a server says to a client.
    case client
    /// The files of a scheme, each after a line with its name.
    case scheme
    /// A formula, tried on figures.
    case formula
    /// A CSV file of figures.
    case figures
    /// Addresses, periods, codes, dates and other names.
    case names
    /// Values as people type them, and decimals.
    case values

    /// Tries one input.
    ///
    /// - Throws: ``BrokenProperty``.
    package func check(_ input: [UInt8]) throws {
        switch self {
        case .frames: try WireProperties.frames(input)
        case .message: try WireProperties.message(input)
        case .batch: try WireProperties.batch(input)
        case .change: try WireProperties.change(input)
        case .parcel: try ParcelProperties.parcel(input)
        case .server: try ServerScript(input).run()
        case .client: try ClientScript(input).run()
        case .scheme: try SchemeProperties.scheme(input)
        case .formula: try SchemeProperties.formula(input)
        case .figures: try SchemeProperties.figures(input)
        case .names: try TextProperties.names(input)
        case .values: try TextProperties.values(input)
        }
    }

    /// Reads an input as the programs do and keeps nothing of it: what this takes is the memory that somebody unknown can
    /// make them take. Nothing for targets that are no decoder of the wire.
    package func decode(_ input: [UInt8]) {
        switch self {
        case .frames: WireProperties.decodeFrames(input)
        case .message: WireProperties.decodeMessage(input)
        case .batch: WireProperties.decodeBatch(input)
        case .change: _ = try? Change(canonicalBytes: input)
        default: break
        }
    }

    /// What ``decode(_:)`` takes at most at one moment, beside the input itself: 2 MiB.
    package static let decodedByteCountMax = 2 << 20

    /// The longest input that is worth trying.
    package var inputByteCountMax: Int {
        switch self {
        case .frames, .message: 66_000
        case .batch: 132_000
        case .change: 50_000
        case .scheme, .parcel: 8192
        case .figures: 4096
        case .server, .client: 1024
        case .formula, .values: 2048
        case .names: 256
        }
    }
}

/// A property that does not hold for some input.
package struct BrokenProperty: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// - Throws: ``BrokenProperty`` unless `condition` holds.
func require(_ condition: Bool, _ description: @autoclosure () -> String) throws(BrokenProperty) {
    guard condition else { throw BrokenProperty(description()) }
}
