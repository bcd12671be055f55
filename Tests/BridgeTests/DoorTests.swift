import Glibc
import Linux
import Testing

@testable import Bridge

struct DoorTests {
    @Test(arguments: ["/v1", "/display", "/port"])
    func aPageIsLetIn(route: String) async throws {
        try await OpenDoor.with { door in
            let status = try await door.status(of: Handshake(route: route, port: door.port))
            #expect(status == 101)
        }
    }
}
