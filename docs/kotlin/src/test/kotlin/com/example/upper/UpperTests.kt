package com.example.upper

import dev.socketserver.test.SocketConnection
import dev.socketserver.test.SocketTestClient
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.boot.test.context.SpringBootTest

@SpringBootTest
class UpperTests {

    @Test
    fun `answers in capitals`(@SocketConnection("upper") client: SocketTestClient) {
        assertThat(client.ask("hello")).isEqualTo("HELLO")
    }

    @Test
    fun `reads and writes JSON`(@SocketConnection("orders") client: SocketTestClient) {
        assertThat(client.ask("""{"item":"tea"}""")).isEqualTo("""{"item":"tea","price":5}""")
        assertThat(client.ask("tea, please")).isEqualTo("""{"error":"not an order"}""")
    }

}
