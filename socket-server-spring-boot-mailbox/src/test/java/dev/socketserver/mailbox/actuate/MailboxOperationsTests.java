package dev.socketserver.mailbox.actuate;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import javax.management.MBeanException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.sql.DataSource;

import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.HttpPeer;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.LetterState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What operators see of the mailbox, over HTTP and JMX.
 */
@ParameterizedClass
@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
class MailboxOperationsTests {

	@TempDir
	private static Path folder;

	private static ConfigurableApplicationContext application;

	/** For {@link #run}, which is given what is declared. */
	@Parameter
	private WebApplicationType stack;

	/** One for all tests with a stack, which have no letters of those before. */
	@BeforeParameterizedClassInvocation
	static void run(WebApplicationType stack) {
		application = DeviceApplication.runWhole(
				"spring.datasource.url=jdbc:h2:file:" + folder.resolve(stack.name())
						+ ";WRITE_DELAY=0;LOCK_TIMEOUT=3600000",
				"spring.main.web-application-type=" + stack, "management.endpoints.web.exposure.include=*",
				"spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=socketmailbox",
				"management.health.redis.enabled=false", "management.health.db.enabled=false",
				"management.endpoint.health.show-details=always", "socket.mailbox.capacity=3",
				"socket.mailbox.poll=100ms");
	}

	@AfterParameterizedClassInvocation
	static void close() {
		application.close();
	}

	@AfterEach
	void forgetLetters() {
		jdbc().execute("DELETE FROM socket_mailbox");
	}

	private static JdbcTemplate jdbc() {
		return new JdbcTemplate(application.getBean(DataSource.class));
	}

	private static HttpResponse<String> request(String method, String path, String body) throws Exception {
		return HttpPeer.send(application, method, "/actuator/" + path, body);
	}

	private static String get(String path) throws Exception {
		HttpResponse<String> response = request("GET", path, "");
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return response.body();
	}

	private static int post(String key) throws Exception {
		return request("POST", "socketmailbox/device:7",
				"{\"key\": \"" + key + "\", \"payload\": \"do " + key + "\", \"ttl\": \"1h\"}")
			.statusCode();
	}

	private static double letters(LetterState state) {
		return application.getBean(MeterRegistry.class)
			.get("socket.mailbox.letters")
			.tag("state", state.name())
			.counter()
			.count();
	}

	private static Map<?, ?> jmx(String operation, Object... arguments) throws Exception {
		MBeanServer beans = application.getBean(MBeanServer.class);
		ObjectName name = beans
			.queryNames(new ObjectName("org.springframework.boot:type=Endpoint,name=Socketmailbox,*"), null)
			.iterator()
			.next();
		return (Map<?, ?>) beans.invoke(name, operation, arguments, new String[0]);
	}

	@Test
	void lettersArePostedListedAndCancelledOverJmx() throws Exception {
		assertThat(jmx("postSocketLetter", "device:9", "a", "do a", "1h")).hasToString(
				jmx("socketMailbox", "device:9", null, null, 1).get("letters").toString().replaceAll("^\\[|]$", ""));
		assertThat(jmx("postSocketLetter", "device:9", "b", "do b", null).get("state")).isEqualTo("WAITING");
		assertThat(jmx("cancelSocketLetter", "device:9", "a").get("state")).isEqualTo("CANCELLED");
		assertThat(jmx("socketMailbox", "device:9", "waiting", "a", null).get("letters").toString()).contains("key=b")
			.doesNotContain("key=a");
		assertThatThrownBy(() -> jmx("cancelSocketLetter", "device:9", "a")).isInstanceOf(MBeanException.class)
			.hasMessageContaining("is CANCELLED");
		assertThatThrownBy(() -> jmx("cancelSocketLetter", "device:9", "none")).isInstanceOf(ReflectionException.class)
			.hasMessageContaining("There is no letter 'none'");
		assertThatThrownBy(() -> jmx("socketMailbox", "device:9", null, null, 1001))
			.isInstanceOf(ReflectionException.class)
			.hasMessageContaining("size is '1001'");
	}

	@Test
	void lettersArePostedListedAndCancelled() throws Exception {
		Map<LetterState, Double> before = new EnumMap<>(LetterState.class);
		for (LetterState state : LetterState.values()) {
			before.put(state, letters(state));
		}
		HttpResponse<String> posted = request("POST", "socketmailbox/device:7",
				"{\"key\": \"a\", \"payload\": \"do a\"}");
		assertThat(posted.statusCode()).isEqualTo(200);
		assertThat(posted.body())
			.startsWith("{\"identity\":\"device:7\",\"key\":\"a\",\"state\":\"WAITING\","
					+ "\"attempts\":0,\"bytes\":4,\"postedAt\":\"")
			.endsWith("\"endedAt\":null,\"detail\":null}")
			.doesNotContain("do a");
		assertThat(post("b")).isEqualTo(200);
		assertThat(post("c")).isEqualTo(200);
		assertThat(post("d")).isEqualTo(409);
		assertThat(post("c")).isEqualTo(200);
		assertThat(get("socketmailbox?identity=device:7")).contains("\"key\":\"a\"", "\"key\":\"b\"", "\"key\":\"c\"");
		assertThat(get("socketmailbox?identity=device:7&after=a&size=1")).contains("\"key\":\"b\"")
			.doesNotContain("\"key\":\"a\"", "\"key\":\"c\"");
		assertThat(get("socketmailbox?identity=device:7&after=c")).isEqualTo("{\"letters\":[]}");
		for (String forgotten : List.of("none", "a%00")) {
			HttpResponse<String> lost = request("GET", "socketmailbox?identity=device:7&after=" + forgotten, "");
			assertThat(lost.statusCode()).as(lost.body()).isEqualTo(404);
			assertThat(lost.body()).startsWith("{\"error\":\"There is no letter '").endsWith("' to device:7\"}");
		}
		assertThat(get("socketmailbox?identity=device:8")).isEqualTo("{\"letters\":[]}");

		try (TestPeer peer = TestPeer.connect(application, "devices")) {
			assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
			assertThat(peer.line()).isEqualTo("do a");
			assertThat(request("DELETE", "socketmailbox/device:7?key=a", "").statusCode()).isEqualTo(409);
			assertThat(request("DELETE", "socketmailbox/device:7?key=b", "").statusCode()).isEqualTo(204);
			assertThat(request("DELETE", "socketmailbox/device:7?key=b", "").statusCode()).isEqualTo(409);
			HttpResponse<String> unknown = request("DELETE", "socketmailbox/device:7?key=none", "");
			assertThat(unknown.statusCode()).isEqualTo(404);
			assertThat(unknown.body()).isEqualTo("{\"error\":\"There is no letter 'none' to device:7\"}");
			assertThat(peer.ask("done")).isEqualTo("do c");
			Awaitility.await().until(() -> get("socketmailbox?identity=device:7&state=DELIVERED").contains("\"a\""));
			assertThat(get("socketmailbox?identity=device:7&state=cancelled")).contains("\"key\":\"b\"")
				.doesNotContain("\"key\":\"a\"");
		}
		Map<LetterState, Integer> more = Map.of(LetterState.WAITING, 3, LetterState.SENT, 2, LetterState.DELIVERED, 1,
				LetterState.CANCELLED, 1);
		MeterRegistry meters = application.getBean(MeterRegistry.class);
		// A letter is counted when the store has its state.
		Awaitility.await().untilAsserted(() -> {
			more.forEach((state, count) -> assertThat(letters(state) - before.get(state)).as(state.name())
				.isEqualTo(count.doubleValue()));
			assertThat(meters.get("socket.mailbox.delivery").timer().count()).isEqualTo(1);
		});
		assertThat(meters.get("socket.mailbox.delivery").timer().max(TimeUnit.SECONDS)).isPositive();
		Awaitility.await().until(() -> meters.get("socket.mailbox.waiting").gauge().value() == 1);
	}

	@Test
	void aRegistryThatLivesLongerHasNoMetersOfTheApplication() {
		MeterRegistry registry = new SimpleMeterRegistry();
		Counter other = registry.counter("socket.mailbox.letters", "state", "SENT");
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			context.registerBean(SocketMailboxMetrics.class, () -> new SocketMailboxMetrics(() -> null));
			context.refresh();
			context.getBean(SocketMailboxMetrics.class).bindTo(registry);
			assertThat(registry.getMeters()).hasSizeGreaterThan(5);
		}
		assertThat(registry.getMeters()).containsExactly(other);
	}

	@Test
	void whatMakesNoSenseIsRefused() throws Exception {
		assertThat(request("GET", "socketmailbox", "").statusCode()).isEqualTo(400);
		assertThat(request("GET", "socketmailbox?identity=seven", "").statusCode()).isEqualTo(400);
		assertThat(request("GET", "socketmailbox?identity=device:7&state=lost", "").body())
			.isEqualTo("{\"error\":\"state is 'lost', but must be one of WAITING, SENT, DELIVERED, EXPIRED, "
					+ "CANCELLED, REFUSED\"}");
		assertThat(request("GET", "socketmailbox?identity=device:7&size=0", "").statusCode()).isEqualTo(400);
		assertThat(request("GET", "socketmailbox?identity=device:7&page=1", "").statusCode()).isEqualTo(400);
		assertThat(request("POST", "socketmailbox/device:7", "{\"payload\": \"x\"}").statusCode()).isEqualTo(400);
		assertThat(request("POST", "socketmailbox/device:7", "{\"key\": \"x\"}").statusCode()).isEqualTo(400);
		assertThat(request("POST", "socketmailbox/device:7", "{\"key\": \"x\", \"payload\": \"x\", \"ttl\": \"8d\"}")
			.body()).contains("socket.mailbox.max-ttl");
		assertThat(request("DELETE", "socketmailbox/device:7", "").statusCode()).isEqualTo(400);
	}

	@Test
	void identitiesAndKeysMayHaveAnyCharacter() throws Exception {
		String odd = "a b+c&d=e?f#g%h:i;j\"k\\\\l{m}\u00fc\u20ac\ud83d\ude00'";
		String key = URLEncoder.encode(odd.replace("\\\\", "\\") + "/", StandardCharsets.UTF_8).replace("+", "%20");
		String identity = "device:"
				+ URLEncoder.encode("x:y z\u00fc@&;+,'", StandardCharsets.UTF_8).replace("+", "%20");
		String body = "{\"key\": \"" + odd.replace("\"", "\\\"") + "/\", \"payload\": \"x\"}";
		HttpResponse<String> posted = request("POST", "socketmailbox/" + identity, body);
		assertThat(posted.statusCode()).as(posted.body()).isEqualTo(200);
		assertThat(get("socketmailbox?identity=" + identity)).contains("\u20ac\ud83d\ude00'/\"");
		assertThat(get("socketmailbox?identity=" + identity + "&after=" + key)).isEqualTo("{\"letters\":[]}");
		assertThat(request("DELETE", "socketmailbox/" + identity + "?key=" + key, "").statusCode()).isEqualTo(204);
		assertThat(request("DELETE", "socketmailbox/" + identity + "?key=" + key, "").statusCode()).isEqualTo(409);
		assertThat(request("DELETE", "socketmailbox/" + identity + "?key=a%00", "").statusCode()).isEqualTo(404);
		assertThat(
				request("POST", "socketmailbox/device:7", "{\"key\": \"a\\u0000\", \"payload\": \"x\"}").statusCode())
			.isEqualTo(400);
		assertThat(
				request("POST", "socketmailbox/device:7", "{\"key\": \"a\\ud83d\", \"payload\": \"x\"}").statusCode())
			.isEqualTo(400);
		assertThat(
				request("POST", "socketmailbox/device:7", "{\"key\": \"" + "k".repeat(256) + "\", \"payload\": \"x\"}")
					.statusCode())
			.isEqualTo(400);
		assertThat(
				request("POST", "socketmailbox/device:7", "{\"key\": \"" + "k".repeat(255) + "\", \"payload\": \"x\"}")
					.statusCode())
			.isEqualTo(200);
		assertThat(get("health")).contains("\"socketMailbox\":{\"status\":\"UP\"}");
	}

	/** Tomcat refuses {@code %2F} in a path. */
	@Test
	void anIdentityThatAPathCannotCarryIsAParameter() throws Exception {
		for (String id : new String[] { "gw/7", "a;b%2F/../c\\\\d", "." }) {
			String identity = "device:" + id;
			HttpResponse<String> posted = request("POST", "socketmailbox",
					"{\"identity\": \"" + identity + "\", \"key\": \"k/1\", \"payload\": \"x\"}");
			assertThat(posted.statusCode()).as(posted.body()).isEqualTo(200);
			String query = "?identity=" + URLEncoder.encode(identity.replace("\\\\", "\\"), StandardCharsets.UTF_8);
			assertThat(get("socketmailbox" + query)).contains("\"identity\":\"" + identity + "\"");
			String letter = "socketmailbox" + query + "&key=k%2F1";
			assertThat(request("DELETE", letter, "").statusCode()).isEqualTo(204);
			assertThat(request("DELETE", letter, "").statusCode()).isEqualTo(409);
		}
		assertThat(request("POST", "socketmailbox", "{\"key\": \"k\", \"payload\": \"x\"}").body())
			.isEqualTo("{\"error\":\"identity is required\"}");
		assertThat(request("DELETE", "socketmailbox?key=k", "").statusCode()).isEqualTo(400);
		assertThat(request("DELETE", "socketmailbox?identity=device:7", "").body())
			.isEqualTo("{\"error\":\"key is required\"}");
	}

	@Test
	void aStoreThatIsAwayIsSeen() throws Exception {
		assertThat(get("health")).contains("\"socketMailbox\":{\"status\":\"UP\"}");
		jdbc().execute("ALTER TABLE socket_mailbox RENAME TO away");
		Awaitility.await().until(() -> request("GET", "health", "").statusCode() == 503);
		assertThat(request("GET", "health", "").body()).contains("\"socketMailbox\":{\"details\":{\"since\":\"");
		assertThat(post("a")).isEqualTo(503);
		assertThat(request("GET", "socketmailbox?identity=device:7", "").statusCode()).isEqualTo(503);
		assertThat(request("DELETE", "socketmailbox/device:7?key=a", "").statusCode()).isEqualTo(503);
		jdbc().execute("ALTER TABLE away RENAME TO socket_mailbox");
		Awaitility.await().until(() -> request("GET", "health", "").statusCode() == 200);
		assertThat(post("a")).isEqualTo(200);
	}

}
