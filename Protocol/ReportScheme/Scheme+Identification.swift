import ReportModel

extension Scheme {
    /// Code, version and the beginning of the fingerprint: the same for the same scheme on every store.
    package var identification: String {
        "\(self.code) \(self.version) \(Hexadecimal.text(self.fingerprint.high, digitCount: 16))"
    }
}
