/// What a side can do beyond its protocol version. Both say theirs, and only what both can is used; a bit that is not known says
/// nothing.
package struct Capabilities: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Client: takes a new certificate during a sync. Server: gives one.
    package static let renewal = Capabilities(rawValue: 1)

    /// Those of this program.
    package static let all: Capabilities = [.renewal]
}
