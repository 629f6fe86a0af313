/// Limits of a scheme's text and of an import file.
package enum SchemeLimits {
    /// The most files of a scheme: forms are dozens, not thousands.
    package static let fileCountMax = 256
    /// The longest file name, in bytes.
    package static let fileNameByteCountMax = 64
    /// The largest YAML file: 1 MiB, a hundred times the longest of the bundled scheme.
    package static let fileByteCountMax = 1 << 20
    /// The largest encoded source: 8 MiB. It crosses the wire whole when versions differ.
    package static let sourceByteCountMax = 8 << 20
    /// The longest name, alias or version, in bytes: one line on a screen.
    package static let nameByteCountMax = 512
    /// The longest formula, in bytes: what a person can still read.
    package static let formulaByteCountMax = 2_048
    /// The largest CSV file: 32 MiB, about half a million rows.
    package static let importByteCountMax = 32 << 20
    /// The most unknown names that one import asks somebody to match: beyond that its columns are mixed up.
    package static let unknownNameCountMax = 1_000
}
