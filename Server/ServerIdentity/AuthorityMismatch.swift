import ReportModel

/// A province whose store has an authority acts only with that authority's key: it rules on what it takes, and seals what it
/// says.
package enum AuthorityMismatch: ExplainedError, Equatable {
    case missing
    /// The key is another's.
    case other

    package var code: String {
        switch self {
        case .missing: "authority_missing"
        case .other: "authority_other"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .missing:
            Bilingual(
                "这个省级数据库要求签封，没有省级密钥不能使用。",
                "Everything is sealed in this province's store, which cannot be used without the province's key."
            )
        case .other:
            Bilingual(
                "目录中的 \(Authority.fileName) 不是这个省级数据库的密钥。",
                "The key in \(Authority.fileName) is not the one of this province's store."
            )
        }
    }

    package var advice: Bilingual {
        Bilingual("请放回与数据库一起保存的密钥文件。", "Put back the key file that was kept with the store.")
    }
}
