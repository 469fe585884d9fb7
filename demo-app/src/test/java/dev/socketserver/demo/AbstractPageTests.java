package dev.socketserver.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.browser.Browser;
import dev.socketserver.fixtures.browser.Browsers;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static dev.socketserver.fixtures.browser.Browser.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page for operators of the demo, clicked through in a real browser. What a click did
 * is looked at over the socket.
 */
@DemoTest
abstract class AbstractPageTests {

	@RegisterExtension
	private final Browsers browsers = new Browsers();

	@LocalServerPort
	private int http;

	@Autowired
	SocketServers servers;

	@Autowired
	SocketClients clients;

	Browser browser;

	@BeforeEach
	void openPage() {
		this.browser = this.browsers.browser();
		this.browser.theme("light");
		this.browser.usualSize();
		this.browser.open(root() + "actuator/socketui");
		this.browser.showsThePage();
	}

	String root() {
		return "http://localhost:" + this.http + "/";
	}

	@AfterEach
	void startAllServersAgain() {
		for (SocketServer server : this.servers) {
			if (server.state() == ServerState.PAUSED) {
				server.resume();
			}
			if (server.state() != ServerState.RUNNING) {
				eventually(() -> assertThat(server.state()).isEqualTo(ServerState.STOPPED));
				server.start();
			}
		}
	}

	@AfterEach
	void thePageHasMadeNoMistake() {
		if (this.browser != null) {
			assertThat(this.browser.errors()).isEmpty();
		}
	}

	String idOf(String server, SocketTestClient client) {
		List<SocketSession> found = new ArrayList<>();
		eventually(() -> {
			found.clear();
			this.servers.server(server)
				.orElseThrow()
				.sessions()
				.filter((session) -> session.remoteAddress().equals(client.localAddress()))
				.forEach(found::add);
			assertThat(found).hasSize(1);
		});
		return found.get(0).id();
	}

	SocketSession session(String id) {
		return this.servers.session(id).orElseThrow();
	}

	String fact(String name) {
		List<String> terms = this.browser.texts("#session-facts dt");
		assertThat(terms).contains(name);
		return this.browser.texts("#session-facts dd").get(terms.indexOf(name));
	}

	/** What is said of the thing of a kind that is open: {@code name: value}. */
	List<String> facts(String kind) {
		List<String> terms = this.browser.texts("#" + kind + "-facts dt");
		List<String> values = this.browser.texts("#" + kind + "-facts dd");
		return IntStream.range(0, terms.size()).mapToObj((i) -> terms.get(i) + ": " + values.get(i)).toList();
	}

	/** Chooses from the menu of a row. */
	void choose(String row, String action) {
		this.browser.click(row + " [data-action=more]");
		this.browser.click("#menu [data-action=" + action + "]");
	}

	static String server(String name) {
		return "tr[data-server=" + name + "]";
	}

	static String row(String session) {
		return "tr[data-session=" + session + "]";
	}

	static String cell(String server, String name) {
		return "tr[data-server=" + server + "] [data-cell=" + name + "]";
	}

	static String button(String server, String action) {
		return "tr[data-server=" + server + "] [data-action=" + action + "]";
	}

	static String clientCell(String client, String name) {
		return "tr[data-client=" + client + "] [data-cell=" + name + "]";
	}

	static String clientButton(String client, String action) {
		return "tr[data-client=" + client + "] [data-action=" + action + "]";
	}

	static String sessionCell(String id, String name) {
		return "tr[data-session=" + id + "] [data-cell=" + name + "]";
	}

	static String sessionButton(String id, String action) {
		return "tr[data-session=" + id + "] [data-action=" + action + "]";
	}

}
