package com.example.upper

import dev.socketserver.SocketSession
import dev.socketserver.annotation.Identity
import dev.socketserver.annotation.OnError
import dev.socketserver.annotation.OnMessage
import dev.socketserver.annotation.SessionAttribute
import dev.socketserver.annotation.SocketHandler
import dev.socketserver.handler.IdentityMissingException
import dev.socketserver.test.SocketConnection
import dev.socketserver.test.SocketTestClient
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.boot.test.context.SpringBootTest
import org.springframework.boot.test.context.TestConfiguration
import org.springframework.context.annotation.Bean
import java.security.Principal

/** Arguments that may be missing have nullable types, the others are never null. */
@SpringBootTest(properties = ["socket.servers.words.port=0", "socket.servers.words.discriminator=word"])
class ArgumentTests {

    @Test
    fun `nullable arguments may be missing`(@SocketConnection("words") client: SocketTestClient) {
        assertThat(client.ask("MAYBE")).isEqualTo("null null null")
        assertThat(client.ask("METER")).isEqualTo("no meter")
        assertThat(client.ask("TARIFF")).isEqualTo("The session has no attribute 'tariff'")
        assertThat(client.ask("NAME")).isEqualTo("The session has no principal")
        assertThat(client.ask("LOGIN")).isEqualTo("welcome")
        assertThat(client.ask("MAYBE")).isEqualTo("anna m7 high")
        assertThat(client.ask("METER")).isEqualTo("m7")
        assertThat(client.ask("TARIFF")).isEqualTo("high")
        assertThat(client.ask("NAME")).isEqualTo("anna")
    }

    open class Words {

        @OnMessage("MAYBE")
        fun maybe(principal: Principal?, @Identity("meter") meter: String?, @SessionAttribute("tariff") tariff: String?) =
            "${principal?.name} $meter $tariff"

        @OnMessage("METER")
        fun meter(@Identity("meter") meter: String) = meter

        @OnMessage("TARIFF")
        suspend fun tariff(@SessionAttribute("tariff") tariff: String) = tariff

        @OnMessage("NAME")
        fun name(principal: Principal) = principal.name

        @OnMessage("LOGIN")
        fun login(line: String, session: SocketSession): String {
            session.authenticate { "anna" }
            session.bind("meter", "m7")
            session.attributes()["tariff"] = "high"
            return "welcome"
        }

        @OnError
        fun missing(failure: IdentityMissingException) = "no ${failure.type()}"

        @OnError
        fun missing(failure: IllegalStateException) = failure.message

    }

    @TestConfiguration
    class Handlers {

        @Bean
        @SocketHandler("words")
        fun words() = Words()

    }

}
