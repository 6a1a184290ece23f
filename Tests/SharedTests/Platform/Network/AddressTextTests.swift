import Platform
import Testing

@Suite("An address is shown without what lets somebody in")
struct AddressTextTests {
    @Test(arguments: [
        ("ws://127.0.0.1:8000/ws", "ws://127.0.0.1:8000/ws"),
        ("wss://host/v5/public/linear", "wss://host/v5/public/linear"),
        ("ws://host/ws/SECRET", "ws://host/ws/…"), ("ws://host/a/ws/SECRET/x", "ws://host/a/ws/…"),
        ("ws://host/ws/", "ws://host/ws/"), ("ws://host/ws?token=SECRET", "ws://host/ws?…"),
        ("ws://host?api_key=SECRET#x", "ws://host?…"), ("ws://host/ws#SECRET", "ws://host/ws"),
        ("http://host/ws/SECRET?token=SECRET", "http://host/ws/…?…"), ("ws://user:SECRET@host/ws", "ws://…@host/ws"),
        ("host:8000/ws/SECRET", "host:8000/ws/…"), ("ws://host/a@b", "ws://host/a@b"), ("", ""),
    ])
    func shown(_ text: String, _ shown: String) {
        #expect(AddressText.withoutCredentials(text) == shown)
    }

    @Test func neitherAWrongAddressNorARefusalEchoesOne() {
        let wrong = #expect(throws: WebSocketURL.Malformed.self) {
            try WebSocketURL("http://host/ws/SECRET?token=SECRET")
        }
        #expect(wrong?.description.contains("SECRET") == false)
    }
}
