import Foundation
import Testing

/// The province, two offices of 长垣 and two of 鲁山, with the real figures of both counties synced to all who may
/// hold them.
struct Story {
    let scene: Scene
    let server: RunningServer
    /// Two offices of 410728. The first imported the county's figures.
    let first: Office
    let second: Office
    /// Two offices of 410423. The first imported the county's figures.
    let lushan: Office
    let lushanSecond: Office

    static let changyuanFile = "Protocol/Schemes/henan-zones/examples/changyuan.csv"
    static let lushanFile = "Protocol/Schemes/henan-zones/examples/lushan.csv"

    init() async throws {
        self.scene = try Scene()
        self.server = try await self.scene.province()
        self.first = try await self.scene.office("办公室一", author: "张三", server: self.server)
        self.second = try await self.scene.office("办公室二", author: "王五", server: self.server)
        self.lushan = try await self.scene.office("鲁山", of: "410423", author: "李四", server: self.server)
        self.lushanSecond = try await self.scene.office("鲁山二", of: "410423", author: "赵六", server: self.server)
        let imported = try await self.first.json("import", repository(Self.changyuanFile))
        #expect(imported["refused"] == [])
        #expect(imported["new"] == 111 && imported["same"] == 5, "116 rows, 5 of them blank")
        let other = try await self.lushan.json("import", repository(Self.lushanFile))
        #expect(other["refused"] == [] && other["new"] == 43)
        for office in [self.first, self.lushan, self.second, self.lushanSecond] { try await office.sync() }
    }
}
