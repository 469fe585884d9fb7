package dev.socketserver.autoconfigure.actuate.settings;

import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.actuate.settings.SocketSettingsEndpoint;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.actuate.ActuatorClient;
import dev.socketserver.settings.SettingsConflictException;
import dev.socketserver.settings.SettingsListener;
import dev.socketserver.settings.SettingsRecord;
import dev.socketserver.settings.SettingsRefusedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is secret is in no answer, history or log line of settings, however it got there.
 */
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(classes = SettingsSecretsTests.Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { AbstractSocketSettingsTests.SERVERS, AbstractSocketSettingsTests.CLIENT,
				AbstractSocketSettingsTests.IDLE, AbstractSocketSettingsTests.EXPOSED,
				AbstractSocketSettingsTests.ADDRESS })
class SettingsSecretsTests {

	private static final String FILE = "changed";

	/** What an earlier test has left in the history is not what this one looks for. */
	private static final AtomicInteger SECRETS = new AtomicInteger(100);

	@Value("${local.server.port}")
	private int port;

	@Autowired
	private ConfigurableEnvironment environment;

	@Autowired
	private SocketSettingsEndpoint endpoint;

	@Autowired
	private List<SettingsRecord> attempts;

	@AfterEach
	void asItWas() throws Exception {
		this.environment.getPropertySources().remove(FILE);
		post(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "socket.clients.meter.proxy.password=hush-hush",
			"socket.clients.meter.proxy.pasword=hush-hush", "socket.clients.meter.proxy.password.of=hush-hush",
			"socket.clients.meter.proxy.password[0]=hush-hush", "socket.clients.meter.password=hush-hush",
			"socket.clients.meter.proxy.password=hush-hush${missing}",
			"socket.clients.meter.proxy.password=hush-hush${a:${b", "socket.cluster.secret=hush-hush",
			"socket.clients.meter.proxy.username=hush-hush sanitized",
			"socket.clients.meter.proxy.type=hush-hush sanitized",
			"socket.servers.upper.farewell=BYE ${gateway.password}",
			"socket.server-defaults.farewell=BYE ${gateway.password}",
			"socket.servers.upper.farewell=BYE ${none:${gateway.password}}",
			"socket.servers.upper.limits.sessions=${gateway.password}",
			"socket.servers.upper.charset=${gateway.password}", "socket.servers.upper.handler=${gateway.password}",
			"socket.servers.upper.args=${gateway.password}", "socket.servers.upper.address=${gateway.password}",
			"socket.servers.upper.ssl.bundle=${gateway.password}",
			"socket.servers.upper.framing.type=${gateway.password}", "socket.servers.upper.framing=${gateway.password}",
			"socket.clients.meter.proxy.host=http://user:hush-hush@proxy:3128",
			"socket.clients.meter.addresses=http://user:hush-hush@proxy:3128",
			"socket.servers.upper.heartbeat.message=hush-hush sanitized",
			"socket.server-defaults.heartbeat.reply=hush-hush sanitized" })
	void isShownToNobody(String pair, CapturedOutput output) throws Exception {
		String secret = "hush-" + SECRETS.incrementAndGet();
		Map<String, Object> values = new HashMap<>();
		values.put("gateway.password", secret);
		values.put("socket.clients.meter.proxy.type", "socks5");
		values.put("socket.clients.meter.proxy.host", "127.0.0.1");
		values.put("socket.clients.meter.proxy.port", "1");
		values.put("socket.clients.meter.proxy.username", "me");
		int equals = pair.indexOf('=');
		values.put(pair.substring(0, equals), pair.substring(equals + 1).replace("hush-hush", secret));
		this.environment.getPropertySources().addFirst(new MapPropertySource(FILE, values));

		StringBuilder all = new StringBuilder();
		all.append("PENDING ").append(get("")).append('\n');
		HttpResponse<String> answer = post();
		all.append("ANSWER ").append(answer.statusCode()).append(answer.body()).append('\n');
		all.append("JMX    ").append(overJmx()).append('\n');
		all.append("UPPER ").append(get("/servers/upper")).append('\n');
		all.append("METER ").append(get("/clients/meter")).append('\n');
		all.append("AFTER ").append(get("")).append('\n');
		if (!pair.contains("sanitized")) {
			// Code sees what only endpoints hide.
			all.append("LISTENER ").append(this.attempts).append('\n');
		}
		all.append("LOG ").append(output.getAll());

		assertThat(all.toString()
			.lines()
			.filter((line) -> line.contains(secret))
			.map((line) -> line.substring(0, 8) + line.replaceAll("(?s).*?(.{0,100}" + secret + ".{0,20}).*", "$1")))
			.isEmpty();
	}

	/** JMX passes on what this returns, or the text of what it throws. */
	private String overJmx() {
		try {
			return this.endpoint.changeSocketSettings("apply", "REMOVE").toString();
		}
		catch (SettingsRefusedException | SettingsConflictException ex) {
			return ex.getMessage();
		}
	}

	private String get(String path) throws Exception {
		return ActuatorClient
			.send(ActuatorClient.request(this.port, "GET", "socketsettings" + path, null, ActuatorClient.JSON))
			.body();
	}

	private HttpResponse<String> post() throws Exception {
		return ActuatorClient.send(ActuatorClient.request(this.port, "POST", "socketsettings",
				"{\"action\":\"apply\",\"most\":\"REMOVE\"}", ActuatorClient.JSON));
	}

	private void post(int status) throws Exception {
		assertThat(post().statusCode()).isEqualTo(status);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(UpperHandler.class)
	static class Application {

		@Bean
		List<SettingsRecord> attempts() {
			return new CopyOnWriteArrayList<>();
		}

		@Bean
		SettingsListener keeps(List<SettingsRecord> attempts) {
			return attempts::add;
		}

		@Bean
		SanitizingFunction hidesNames() {
			return SanitizingFunction.sanitizeValue()
				.ifKeyEndsWith("username", "proxy.type", "servers.upper.heartbeat.message");
		}

		@Bean
		SanitizingFunction hidesDefaults() {
			return SanitizingFunction.sanitizeValue().ifKeyEquals("socket.server-defaults.heartbeat.reply");
		}

	}

}
