/// Bytes that are read from their beginning, some at a time, as those of a file.
package final class ByteInput {
    private var rest: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) {
        self.rest = bytes[...]
    }

    /// The next bytes: as many as asked for, fewer only at the end.
    package func next(_ count: Int) -> [UInt8] {
        defer { self.rest = self.rest.dropFirst(count) }
        return Array(self.rest.prefix(count))
    }
}
