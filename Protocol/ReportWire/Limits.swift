import ReportModel

/// Every limit of the wire and of a sync, with its unit and reason. Those of one change are in `ChangeLimits`.
package enum Limits {
    /// The protocol versions this program speaks. 0 may change freely until version 1 is frozen.
    package static let versions: ClosedRange<UInt64> = 0...0

    /// The longest frame, counted after its length field: 64 KiB. A control frame waits for at most one bulk frame,
    /// about a third of a second on a 2 Mbit/s line.
    package static let frameByteCountMax = 64 * 1024
    /// Kind, flags and checksum: the length of a frame with an empty payload.
    package static let frameByteCountMin = 6
    /// What a batch that could be parted leaves free of its frame: 1 KiB, so that another zlib, which deflates it a little
    /// worse, can send it on in one frame as well.
    static let batchSpareByteCount = 1024
    /// The longest hello payload: 16 KiB, room for about 1,200 scopes; taken before the client is known.
    package static let helloByteCountMax = 16 * 1024

    /// The most canonical bytes of changes in one batch: as much as one change may have, so that any change fits.
    package static let batchCanonicalByteCountMax = ChangeLimits.canonicalByteCountMax
    /// The most bytes a batch inflates to: 128 KiB, above what 48 KiB of the smallest possible writes need in columns.
    package static let batchInflatedByteCountMax = 128 * 1024
    /// The most changes in one batch: 4,096. A change of one figure takes 30 bytes and more, so that a batch is full
    /// before; this keeps what a batch of the shortest ones takes in memory, once decoded, below 2 MiB.
    package static let batchChangeCountMax = 4 * 1024
    /// The most writes in one batch: 6,144, likewise. A figure takes 8 bytes and more.
    package static let batchWriteCountMax = 6 * 1024
    /// Payloads shorter than this are not deflated: the stream's own overhead eats the gain.
    package static let deflateByteCountMin = 32

    /// The batches a side sends beyond the last receipt: 16, so that a client's scopes go in one flight. The receiver
    /// takes one at a time; the others wait in the network's buffers.
    package static let batchesInFlightMax = 16
    /// A side with this many canonical bytes of changes beyond the last receipt sends no further batch: 192 KiB. With the
    /// last batch, deflated, report-like data stays below what the buffers on the way hold, so that two sides with much
    /// to say do not both wait for the other to read; if they ever do, ``silenceSecondsMax`` ends it.
    package static let byteCountInFlightMax = 192 * 1024
    /// The most batches in flight that a welcome may allow; a client never sends more than ``batchesInFlightMax``.
    package static let batchesInFlightStatedMax = 1024
    /// A client that has sent this many canonical bytes of changes unasked sends no further batch before it is welcomed:
    /// with the last batch that makes at most 64 KiB.
    package static let unaskedByteCountMax = 16 * 1024

    /// The most scopes of one client: a province of 18 cities, 158 counties, 180 zones and their subzones.
    package static let scopeCountMax = 4096
    /// The most heads in one frontier on the wire: at 22 bytes each, the longest reference, they fit a frame.
    package static let frontierHeadCountMax = 2900
    /// The most marks that a peer may tell of all chains of one scope on one connection: eight chains in full. More stores
    /// than that are never copied between two syncs.
    package static let marksMax = 8 * ChangeLimits.markCountMax
    /// The most chains of a batch; a receipt has an entry for each.
    package static let batchChainCountMax = 2900
    /// How often a side may answer a scope's batches with "I lack what they build on" before it lets the peer go.
    package static let gapAnswersMax = 8

    /// The longest certificate, and request for one: 4 KiB. One has about 600 bytes.
    package static let certificateByteCountMax = 4 * 1024
    /// The longest one-time code, in UTF-8: 64 bytes. One has 24.
    package static let enrolmentCodeByteCountMax = 64

    /// The longest scheme text that is sent, deflated: 4 MiB, some hundred times the present one.
    package static let schemeByteCountMax = 4 * 1024 * 1024
    /// The most bytes of scheme in one frame.
    package static let schemePartByteCountMax = 60 * 1024
    /// The longest scheme after inflation.
    package static let schemeInflatedByteCountMax = 16 * 1024 * 1024
    /// The most bytes of frames in one record of a parcel: 64 KiB and 4, the longest frame with its length.
    package static let parcelFramesByteCountMax = 4 + frameByteCountMax
    /// A record of a parcel with this many bytes of frames takes no further one: 4 KiB, about what goes bad at once on a
    /// stick, and with it all that shares the record. The 21 bytes of a record are half a hundredth of that.
    package static let parcelRecordFullByteCount = 4 * 1024
    /// The longest record of a parcel, counted after its length field: with one byte for its kind and 16 of AES-GCM.
    package static let parcelRecordByteCountMax = 1 + parcelFramesByteCountMax + 16

    /// The longest words of a goodbye, in UTF-8, for each language.
    package static let wordsByteCountMax = 1024

    /// A peer that says nothing for this long is let go. Twice the longest pause of a client that commits to a slow disk.
    package static let silenceSecondsMax: Int64 = 60
    /// A client that has not said hello after this long is let go.
    package static let helloSecondsMax: Int64 = 15
    /// One frame may take this long from its first byte to its last, in either direction: 64 KiB in a minute are 9 kbit/s,
    /// slower than any line an office has.
    package static let frameSecondsMax: Int64 = 60
    /// After its last word the server waits this long for the client to close: a few round trips of the slowest line.
    package static let lingerSecondsMax: Int64 = 5

    /// The most connections that a server serves at one time; further ones are told to come back later. As many as the
    /// units of a province, all at once.
    package static let connectionCountMax = 4096
    /// The connections beyond these that are being told so at one time; further ones are closed without a word.
    package static let refusalCountMax = 64
    /// The files that a server keeps open beside its connections, rounded up: its store, its logs, its event loops.
    package static let otherFileCountMax = 128
    /// The bytes of control frames that may wait for a peer to read, beyond one frame: 16 KiB. Above that a server takes
    /// nothing more from the peer.
    package static let controlByteCountMax = 16 * 1024
    /// The same of a client: 4 MiB, more than it can owe, so that one of both sides always reads.
    package static let clientControlByteCountMax = 4 * 1024 * 1024
    /// The bytes that the kernel may hold unsent of a connection, where the system lets us say so: 16 KiB, ahead of which
    /// a control frame cannot go.
    package static let unsentByteCountMax = 16 * 1024
    /// The most bytes that a server reads of a connection at one time: 16 KiB, in a buffer that the connection keeps.
    package static let readByteCountMax = 16 * 1024
    /// The buffer that the kernel has for what a client sends: 128 KiB. When a client hangs up, all of it is read at once.
    package static let receiveBufferByteCount = 128 * 1024
    /// Connections that were refused are noted in the log at most once in this many seconds.
    package static let refusalNoteSecondsMin: Int64 = 60
    /// The memory for batches that a server's connections decode, commit and load at one time: 64 MiB, all together.
    /// Whoever finds none left waits its turn.
    package static let memoryByteCountMax = 64 * 1024 * 1024
    /// What a batch counts as at most while it is decoded and committed, or loaded: 2 MiB, which no batch exceeds.
    package static let batchMemoryByteCountMax = 2 * 1024 * 1024
    /// What a byte of a batch's columns counts as: columns of small numbers become up to so many bytes of values.
    package static let batchMemoryFactor = 128
}
