import ReportIdentity
import ReportModel
import ReportWire

/// Why a parcel is not opened, or none is made. Nothing of it was used.
package enum ParcelRefusal: ExplainedError, Equatable {
    case notParcel
    case tooNew(version: UInt8)
    /// A parcel to the province, given to an office.
    case forProvince
    case forOther(DeviceID, isAtProvince: Bool)
    /// What calls itself a device of the province is none.
    case sender(CertificateRefusal)
    /// A device has written to another one.
    case notFromProvince
    /// Not signed by whom it says, or for another reader.
    case forged
    case revoked(DeviceFacts)
    case otherUnit(UnitCode, enrolledFor: UnitCode)
    /// The store holds changes that it cannot send, as it could not on a line.
    case unsendable(ProtocolError)
    /// The device that asks to be enrolled is not.
    case notEnrolled(ProtocolError)
    /// An answer that should bring a certificate brings none.
    case noCertificate
    /// Nobody is enrolled, so nobody has a key.
    case openProvince

    package var code: String {
        switch self {
        case .notParcel: "parcel_malformed"
        case .tooNew: "parcel_too_new"
        case .forProvince: "parcel_for_province"
        case .forOther: "parcel_for_other"
        case .sender: "parcel_sender"
        case .notFromProvince: "parcel_not_from_province"
        case .forged: "parcel_forged"
        case .revoked: "device_revoked"
        case .otherUnit: "parcel_other_unit"
        case .unsendable: "parcel_unsendable"
        case .notEnrolled: "enrolment_refused"
        case .noCertificate: "parcel_no_certificate"
        case .openProvince: "parcel_open_province"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .notParcel: Bilingual("这不是汇流的数据包。", "This file is no parcel of Huiliu.")
        case .tooNew(let version):
            Bilingual(
                "数据包由更新的程序写成（格式 \(version)）。",
                "The parcel was written by a newer program (format \(version))."
            )
        case .forProvince:
            Bilingual("这个数据包是交给省级的，只有省级能打开。", "The parcel is for the province, which alone can open it.")
        case .forOther(let reader, isAtProvince: true):
            Bilingual(
                "这个数据包是省级给设备 \(reader) 的，只有那台设备能打开；或者它属于另一个省。",
                "The parcel is for the device \(reader), which alone can open it; or it is another province's."
            )
        case .forOther(let reader, isAtProvince: false):
            Bilingual(
                "这个数据包是给另一台设备 \(reader) 的，只有那台设备能打开。",
                "The parcel is for another device, \(reader), which alone can open it."
            )
        case .sender(let refusal):
            Bilingual(
                "数据包的制作者不是本省的设备：\(refusal.explanation.chinese)",
                "Whoever made the parcel is no device of this province: \(refusal.explanation.english)"
            )
        case .notFromProvince: Bilingual("这个数据包不是省级写的。", "The parcel was not written by the province.")
        case .forged:
            Bilingual(
                "数据包的签名不对：它不是所称的制作者写给这里的。",
                "The parcel's signature is wrong: whoever it names has not written it to this reader."
            )
        case .revoked(let facts):
            Bilingual(
                "制作数据包的设备“\(facts.name)”（\(facts.unit)，\(facts.person)）已被撤销，未导入。",
                "The device that made the parcel, “\(facts.name)” (\(facts.unit), \(facts.person)), is revoked; nothing was imported."
            )
        case .otherUnit(let unit, let enrolled):
            Bilingual(
                "数据包来自单位 \(unit) 的数据库，而该设备登记的单位是 \(enrolled)。",
                "The parcel is of a store of the unit \(unit), and its device is enrolled for \(enrolled)."
            )
        case .unsendable(let error), .notEnrolled(let error): error.words
        case .noCertificate:
            Bilingual("这个回执中没有本设备的证书。", "The receipt brings no certificate for this device.")
        case .openProvince:
            Bilingual(
                "这里没有登记设备，因此没有密钥，无法使用数据包。",
                "Nobody is enrolled here, so there are no keys to make or open parcels with."
            )
        }
    }

    package var advice: Bilingual {
        switch self {
        case .notParcel: Bilingual("请核对文件名。", "Check the name of the file.")
        case .tooNew: Bilingual("请升级本程序。", "Update this program.")
        case .forProvince:
            Bilingual(
                "请在省级运行 huiliu-server parcel import。",
                "Import it at the province with huiliu-server parcel import."
            )
        case .forOther:
            Bilingual(
                "请在那台设备上运行 huiliu-client parcel import；登记申请的回执用 enrol --answer。",
                "Import it at that device with huiliu-client parcel import; the receipt for a request to be enrolled, with enrol --answer."
            )
        case .sender, .notFromProvince, .forged:
            Bilingual("请不要使用它，并查问它的来历。", "Do not use it, and ask where it comes from.")
        case .revoked:
            Bilingual(
                "如仍需信任该设备，请用 enrol 为它重新登记。",
                "If the device is to be trusted, enrol it anew with enrol."
            )
        case .otherUnit: Bilingual("请为该单位重新登记设备。", "Enrol the device for that unit.")
        case .unsendable: Bilingual("没有写出数据包。", "No parcel was written.")
        case .notEnrolled: Bilingual("设备没有登记，未作改动。", "The device was not enrolled, and nothing was changed.")
        case .noCertificate:
            Bilingual(
                "请用登记申请的回执；如果文件坏了，请重新拷贝。",
                "Use the receipt for the request to be enrolled; if the file is damaged, copy it again."
            )
        case .openProvince:
            Bilingual(
                "请用 sync 同步；或由省级先用 enrol 登记设备。",
                "Use sync; or let the province enrol its devices first, with enrol."
            )
        }
    }
}
