package dev.socketserver.demo;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.TapMask;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.browser.Browser;
import dev.socketserver.fixtures.browser.Browsers;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A secret that a mask hides, in all places where operators look: captures and
 * transcripts of taps, what was recorded, the page, a console, and the log, which says
 * everything that it can.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "socket.clients.meter.start.auto=false", "logging.level.dev.socketserver=trace" })
@ExtendWith(OutputCaptureExtension.class)
class MaskedSecretsTests {

	private static final String SECRET = "80917265341";

	@RegisterExtension
	private final Browsers browsers = new Browsers();

	@Autowired
	private SocketServers servers;

	private SocketServer vault;

	private Browser browser;

	@BeforeEach
	void open(@LocalServerPort int http) {
		this.vault = this.servers.register(ServerSpec.builder("vault")
			.framing(Framing.line())
			.handler(ServerHandler.function("vault", PayloadConverter.text(StandardCharsets.UTF_8), (text) -> {
				if (text.startsWith("fail")) {
					throw new IllegalStateException("as wished");
				}
				return text;
			}))
			.build());
		this.vault.start();
		this.browser = this.browsers.browser();
		this.browser.open("http://localhost:" + http + "/actuator/socketui");
		this.browser.showsThePage();
	}

	@AfterEach
	void remove() {
		this.browser.open("about:blank");
		this.servers.remove("vault");
	}

	@Test
	void isInNoPlaceThatOperatorsLookAt(@LocalSocketPort("console") int console, CapturedOutput output)
			throws IOException {
		this.browser.click("#start-tap");
		this.browser.choose("#confirm [name=server]", "vault");
		this.browser.click("#confirm-yes");
		eventually(() -> assertThat(this.browser.texts("#taps [data-cell=state]")).containsExactly("RUNNING"));
		String id;
		try (SocketTestClient peer = SocketTestClient.connect(this.vault)) {
			peer.send("pin=80917265341 open").expect("pin=80917265341 open");
			id = this.vault.sessions().findFirst().orElseThrow().id();

			eventually(() -> assertThat(this.browser.texts("#tap-text code")).containsExactly("\"pin=**** open\\n\"",
					"\"pin=**** open\\n\""));
			hidesTheSecret();
			this.browser.click("tr[data-session=" + id + "] [data-cell=id]");
			this.browser.shows("#panel-title", "Session " + id);

			// Without an answer, and without an end.
			peer.sendRaw("fail pin=80917265341\npin=80917265341");
			peer.expectClosed();
		}

		eventually(() -> assertThat(this.browser.text("#recorded"))
			.endsWith("< \"pin=**** open\\n\"\n> \"fail pin=****\\n\"\n! HANDLER_ERROR"));
		hidesTheSecret();
		this.browser.click("#taps tbody tr [data-cell=id]");
		eventually(() -> assertThat(this.browser.texts("#tap-text code")).endsWith("\"fail pin=****\\n\"",
				"HANDLER_ERROR"));
		hidesTheSecret();
		assertThat(fetched("document.querySelector('#taps a[data-link=pcap]').href")).contains("pin=****")
			.doesNotContain(SECRET);
		assertThat(fetched("document.querySelector('#taps a[data-link=txt]').href")).contains("pin=****")
			.doesNotContain(SECRET);
		assertThat(fetched("'/actuator/socketsessions/" + id + "'")).contains("pin=****").doesNotContain(SECRET);
		assertThat(fetched("'/actuator/socketsessions?closed=true&server=vault'")).contains(id).doesNotContain(SECRET);
		assertThat(fetched("'/actuator/socketservers/vault'")).contains("HANDLER_ERROR").doesNotContain(SECRET);
		assertThat(typed(console, ":sessions closed=true server=vault\n:session " + id + "\n:servers\n:quit\n"))
			.contains(id)
			.doesNotContain(SECRET);
		assertThat(output).contains("Session " + id, "dev.socketserver.tap.audit").doesNotContain(SECRET);
	}

	/** The level would stay for the classes that follow. */
	@AfterAll
	static void sayLess() {
		LoggingSystem.get(MaskedSecretsTests.class.getClassLoader()).setLogLevel("dev.socketserver", null);
	}

	/** Neither in what a person sees, nor hidden in the document. */
	private void hidesTheSecret() {
		assertThat((String) this.browser.run("return document.documentElement.outerHTML")).contains("pin=****")
			.doesNotContain(SECRET);
	}

	/** What is at an address, byte by byte. */
	private String fetched(String address) {
		String encoded = (String) this.browser.run("""
				return fetch(%s).then((response) => response.arrayBuffer())
					.then((bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))));
				""".formatted(address));
		return new String(Base64.getDecoder().decode(encoded), StandardCharsets.ISO_8859_1);
	}

	private static String typed(int console, String text) throws IOException {
		try (Socket socket = new Socket("127.0.0.1", console)) {
			socket.setSoTimeout(Patience.millis());
			socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Masks {

		@Bean
		TapMask pins() {
			return (server, received, frame) -> new String(frame, StandardCharsets.ISO_8859_1)
				.replaceAll("pin=\\d+", "pin=****")
				.getBytes(StandardCharsets.ISO_8859_1);
		}

	}

}
