import Addresses
import Testing

@testable import Sessions

struct TicketBookTests {
    private let session = SessionIdentifier()
    private let now = ContinuousClock.now
    private let ticket = Ticket("ticket")

    private func book(port: UInt16? = nil) throws -> (TicketBook, SiteOrigin) {
        let site = try #require(SiteOrigin("https://project.example"))
        var book = TicketBook()
        book.issue(ticket, for: session, on: site, port: port, now: now)
        return (book, site)
    }

    @Test func aTicketOpensOnce() throws {
        var (book, site) = try book()
        #expect(book.redeem(ticket, for: .display, from: site, now: now)?.session == session)
        #expect(book.redeem(ticket, for: .display, from: site, now: now) == nil)
    }

    @Test func aTicketOfAnotherSiteOpensNothingAndIsUsedUp() throws {
        var (book, site) = try book()
        let other = try #require(SiteOrigin("https://other.example"))
        #expect(book.redeem(ticket, for: .display, from: other, now: now) == nil)
        #expect(book.redeem(ticket, for: .display, from: site, now: now) == nil)
    }

    @Test func aTicketForThePortOpensNoDisplay() throws {
        var (book, site) = try book(port: 80)
        #expect(book.redeem(ticket, for: .display, from: site, now: now) == nil)
    }

    @Test func aTicketIsTooOldAfterThirtySeconds() throws {
        var (book, site) = try book()
        #expect(book.redeem(ticket, for: .display, from: site, now: now + .seconds(30)) == nil)
    }

    @Test func ourBridgePageSpeaksForTheSiteOfTheTicket() throws {
        var (book, site) = try book()
        #expect(book.redeem(ticket, for: .display, from: nil, now: now)?.site == site)
    }

    @Test func aForgottenSessionHasNoTickets() throws {
        var (book, site) = try book()
        book.drop(session)
        #expect(book.redeem(ticket, for: .display, from: site, now: now) == nil)
    }
}
