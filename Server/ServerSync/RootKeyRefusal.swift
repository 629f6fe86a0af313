import ReportModel

/// A province with an authority serves only with that authority's key: it rules on what it takes, and seals what it says.
package struct RootKeyRefusal: ExplainedError, Equatable {
    /// Whether there is no key at all, and not another's.
    package let isMissing: Bool

    package var code: String { self.isMissing ? "root_key_missing" : "root_key_wrong" }

    package var explanation: Bilingual {
        self.isMissing
            ? Bilingual(
                "本省的数据库要求签封，没有省级密钥不能提供同步。",
                "Everything is sealed in this province's store, and without the authority's key it does not serve."
            )
            : Bilingual(
                "所给的密钥不是本数据库所属的省级密钥，未提供同步。",
                "The key is not that of the authority to which this store belongs; nothing was served."
            )
    }

    package var advice: Bilingual {
        Bilingual(
            "请使用建立该数据库时的省级密钥文件，或从备份中取回它。",
            "Use the authority's key file with which the store was made, or bring it back from a backup."
        )
    }
}
