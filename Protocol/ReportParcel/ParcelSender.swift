import ReportIdentity
import ReportModel

/// Who has written and signed a parcel.
package enum ParcelSender: Hashable, Sendable {
    case province
    case device(DeviceCertificate)
    /// A device that asks to be enrolled, and proves that it holds its key.
    case newcomer(CertificateRequest)

    /// What a parcel shows of it: a certificate, or a request for one. Nothing for the province, whose key everybody knows.
    var der: [UInt8] {
        switch self {
        case .province: []
        case .device(let certificate): certificate.der
        case .newcomer(let request): request.der
        }
    }

    /// With what it signs.
    ///
    /// - Parameter authority: the province's key.
    func key(authority: DeviceKey) -> DeviceKey {
        switch self {
        case .province: authority
        case .device(let certificate): certificate.key
        case .newcomer(let request): request.key
        }
    }

    /// Reads what a parcel to the province shows.
    ///
    /// - Throws: Why it is no device's certificate, where it is no request either.
    init(device der: [UInt8], authority: DeviceKey) throws(CertificateRefusal) {
        do {
            self = .device(try DeviceCertificate(der: der, authority: authority))
        } catch {
            guard let request = try? CertificateRequest(der: der) else { throw error }
            self = .newcomer(request)
        }
    }
}
