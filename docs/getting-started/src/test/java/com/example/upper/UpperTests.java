package com.example.upper;

import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
class UpperTests {

    @Test
    void answersInCapitals(@SocketConnection("upper") SocketTestClient client) {
        assertThat(client.ask("hello")).isEqualTo("HELLO");
    }

}
