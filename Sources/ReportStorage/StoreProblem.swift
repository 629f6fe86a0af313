import ReportModel

/// The first thing that is wrong with a store, as `verify` names it.
package struct StoreProblem: ExplainedError, Equatable {
    /// What kind of thing is wrong. The names are for scripts, and never change.
    package enum Kind: String, Sendable, CaseIterable {
        /// SQLite's own check of the file.
        case file = "file_damaged"
        /// A table is not as this program makes it.
        case schema = "schema_wrong"
        /// The store does not know whose it is.
        case identity = "identity_missing"
        /// The reporting scheme cannot be read, or is another than was stored.
        case scheme = "scheme_wrong"
        /// A change of no known line or scope.
        case unplaced = "change_unplaced"
        case undecodable = "change_undecodable"
        case notCanonical = "change_not_canonical"
        /// A change whose predecessor is not before it.
        case gap = "chain_gap"
        case hash = "hash_wrong"
        /// Position, line, sequence or time of receipt was altered.
        case checksum = "checksum_wrong"
        /// What the author of a change had seen is not before it.
        case context = "context_missing"
        case twice = "change_twice"
        /// A line that begins elsewhere, or goes another way, than the log says.
        case branch = "branch_wrong"
        case head = "head_wrong"
        case delivered = "delivered_wrong"
        /// A line or scope without a change.
        case empty = "scope_empty"
        case cellMissing = "cell_missing", cellWrong = "cell_wrong", cellExtra = "cell_extra"
        case versionMissing = "version_missing", versionWrong = "version_wrong", versionExtra = "version_extra"
        /// A seal that does not fit its place, or that stands at no change.
        case sealWrong = "seal_wrong"
        /// A seal of a device that the authority has granted nothing in that scope.
        case signerUnknown = "signer_unknown"
        /// A chain, or its end, that nobody has sealed where everything is sealed; or one that is where nothing is.
        case unsealed = "unsealed"
        case grantMissing = "grant_missing", grantWrong = "grant_wrong", grantExtra = "grant_extra"
        case actMissing = "act_missing", actWrong = "act_wrong", actExtra = "act_extra"
        case discountMissing = "discount_missing", discountExtra = "discount_extra"
        case filingMissing = "filing_missing", filingWrong = "filing_wrong", filingExtra = "filing_extra"
    }

    package let kind: Kind
    package internal(set) var scope: UnitCode?
    package internal(set) var replica: ReplicaID?
    package internal(set) var sequence: UInt64?
    package internal(set) var hash: ChainHash?
    /// The cell or report at fault, as its parts stand in the store.
    package internal(set) var place: String?
    /// What was found, for an engineer.
    package internal(set) var detail: String?

    package init(_ kind: Kind, detail: String? = nil) {
        self.kind = kind
        self.detail = detail
    }

    package var code: String { self.kind.rawValue }

    package var explanation: Bilingual {
        let words = self.kind.words
        let change = self.sequence.map { sequence in
            let dot = "\(self.replica.map(\.description) ?? "?"):\(sequence)"
            return Bilingual("，更改 \(dot)", ", change \(dot)")
        }
        let scope = self.scope.map { Bilingual("，范围 \($0)", ", scope \($0)") }
        let place = self.place.flatMap { $0.isEmpty ? nil : Bilingual("，\($0)", ", \($0)") }
        let detail = self.detail.map { Bilingual("（\($0)）", " (\($0))") }
        let parts = [scope, change, place, detail].compactMap(\.self)
        return Bilingual(
            words.chinese + parts.map(\.chinese).joined() + "。",
            words.english + parts.map(\.english).joined() + "."
        )
    }

    package var advice: Bilingual { StoreError.damaged(path: "", detail: "").advice }
}

extension StoreProblem.Kind {
    fileprivate var words: Bilingual {
        switch self {
        case .file: Bilingual("数据库文件本身已损坏", "The database file itself is damaged")
        case .schema: Bilingual("数据表的结构与程序所建不同", "A table is not as the program makes it")
        case .identity: Bilingual("数据库中没有本机的身份", "The store does not say whose it is")
        case .scheme: Bilingual("报表制度读不出来，或与存入时不同", "The reporting scheme cannot be read, or is not the one stored")
        case .unplaced: Bilingual("有一笔更改不属于任何已知的链", "A change belongs to no known chain")
        case .undecodable: Bilingual("有一笔更改无法解读", "A change cannot be read")
        case .notCanonical: Bilingual("有一笔更改的编码不是规定的那一种", "A change is not encoded the one way there is")
        case .gap: Bilingual("链中有缺口：前一笔更改不在它之前", "A chain has a gap: the change before is not there")
        case .hash: Bilingual("更改与它的链哈希不符：内容或哈希被改动过", "A change does not match its hash: one of them was altered")
        case .checksum:
            Bilingual(
                "更改的位置、所属链或接收时间被改动过",
                "A change's position, line or time of receipt was altered"
            )
        case .context: Bilingual("更改所依据的内容不在它之前", "What a change builds on is not there before it")
        case .twice: Bilingual("同一笔更改出现两次", "A change is there twice")
        case .branch: Bilingual("链的分叉与日志不符", "A chain does not branch as the log says")
        case .head: Bilingual("链头与日志不符", "The head of a chain is not what the log says")
        case .delivered: Bilingual("已送达标记超出了链本身", "A chain is marked as delivered beyond its ends")
        case .empty: Bilingual("有一个范围或链没有任何更改", "A scope or chain has no change")
        case .cellMissing: Bilingual("日志写过的单元格不在表中", "A cell that the log writes is missing")
        case .cellWrong: Bilingual("单元格的现值与日志不符", "A current cell is not what the log says")
        case .cellExtra: Bilingual("有一个日志从未写过的单元格", "There is a cell that the log never wrote")
        case .versionMissing: Bilingual("冲突中的一个版本不在表中", "A version of a cell is missing")
        case .versionWrong: Bilingual("单元格的一个版本与日志不符", "A version of a cell is not what the log says")
        case .versionExtra: Bilingual("有一个日志中没有的版本", "There is a version that the log does not have")
        case .sealWrong: Bilingual("签封与它所签的内容不符", "A seal does not fit what it seals")
        case .signerUnknown: Bilingual("签封的设备在此没有授权", "A seal is of a device that was granted nothing there")
        case .unsealed: Bilingual("有一条链未按规定签封", "A chain is not sealed as it should be")
        case .grantMissing: Bilingual("授权的设备密钥不在表中", "The key of a granted device is missing")
        case .grantWrong: Bilingual("授权的设备密钥与日志不符", "The key of a granted device is not what the log says")
        case .grantExtra: Bilingual("有一个日志中没有的授权密钥", "There is a granted key that the log does not have")
        case .actMissing: Bilingual("撤销或恢复设备的记录不在表中", "The revocation of a device, or its end, is missing")
        case .actWrong: Bilingual("撤销或恢复设备的记录与日志不符", "The revocation of a device is not what the log says")
        case .actExtra: Bilingual("有一条日志中没有的撤销记录", "There is a revocation that the log does not have")
        case .discountMissing: Bilingual("一次不算数的写入没有标记", "A write that does not count is not marked")
        case .discountExtra: Bilingual("一次算数的写入被标记为不算数", "A write that counts is marked as if it did not")
        case .filingMissing: Bilingual("报送时间不在表中", "The time of a report is missing")
        case .filingWrong: Bilingual("报送时间与日志不符", "The time of a report is not what the log says")
        case .filingExtra: Bilingual("有一条日志中没有的报送时间", "There is a time of a report that the log does not have")
        }
    }
}
