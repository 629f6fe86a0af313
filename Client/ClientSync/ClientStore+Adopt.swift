import ClientStore
import Logging
import ReportIdentity
import ReportModel
import ReportScheme

// What the province hands out beside changes, over a line or in a parcel.

extension ClientStore {
    /// Works by the province's scheme from now on. One that does not parse is the province's mistake; the one in use stays,
    /// and nothing else is lost.
    ///
    /// - Returns: Whether it is in use.
    @discardableResult
    func adoptScheme(encoded bytes: [UInt8], logger: Logger) throws -> Bool {
        do {
            let source = try SchemeSource(encoded: bytes)
            _ = try Scheme.parse(source)
            try self.replaceScheme(with: source)
            return true
        } catch let error as SchemeMistakes {
            logger.warning("the province's scheme is kept out", metadata: ["error": "\(error)"])
        } catch let error as MalformedBytes {
            logger.warning("the province's scheme is kept out", metadata: ["error": "\(error)"])
        }
        return false
    }

    /// Shows this certificate from now on. One that is not for this device is the province's mistake, and one that ends
    /// before the one in use comes from a parcel that has lain about; that one stays then.
    func adoptCertificate(_ der: [UInt8], logger: Logger) throws {
        guard let trust = try self.trust() else { return }
        guard let certificate = try? DeviceCertificate(der: der, authority: trust.authority),
            certificate.key == trust.device
        else { return logger.warning("the province's new certificate is kept out") }
        let own = trust.certificate.flatMap { try? DeviceCertificate(der: $0, authority: trust.authority) }
        if let own, own.validity.notAfter >= certificate.validity.notAfter { return }
        try self.replaceCertificate(with: der)
    }
}
