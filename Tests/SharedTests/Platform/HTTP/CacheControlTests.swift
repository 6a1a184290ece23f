import Platform
import Testing

/// For how long an answer may be kept, by what it says.
@Suite struct CacheControlTests {
    @Test(
        arguments: [
            ("max-age=60", 60), ("public, max-age=3600, must-revalidate", 3600), ("Max-Age=\"5\"", 5), ("max-age=0", 0),
            ("no-store, max-age=60", 0), ("no-cache", 0), ("max-age=99999999999999999999", 1 << 31),
            ("max-age=60, max-age=30", 30), ("", nil), ("public", nil), ("max-age", nil), ("max-age=x", nil),
            ("max-age=-1", nil), ("s-maxage=5", nil),
        ] as [(String, Int?)]
    )
    func theShorterTimeCounts(_ text: String, _ seconds: Int?) {
        #expect(CacheControl.lifetime(text) == seconds.map { .seconds($0) })
    }
}
