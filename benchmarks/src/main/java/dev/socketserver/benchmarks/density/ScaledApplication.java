package dev.socketserver.benchmarks.density;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * A Spring Boot application with many servers or many sessions, the actuator, meters and
 * the page for operators. Sessions have a timeout and heartbeats, and are bound to the
 * identity that is their first message.
 * <p>
 * Prints the port of its first server. Answers each line on its standard input with a
 * number: {@code http} with the port of the endpoints, {@code sessions} with the number
 * of sessions that are bound, {@code meters} and {@code threads} with theirs,
 * {@code start} with the CPU time of the start in nanoseconds, {@code collect} with the
 * bytes of live heap after a garbage collection, and {@code broadcast TEXT} with the
 * number of sessions that have taken the text. Ends with its standard input.
 */
final class ScaledApplication {

	private static final String BROADCAST = "broadcast ";

	private static final String DEVICE = "device";

	private static final String FIRST = "server-0";

	private ScaledApplication() {
	}

	/**
	 * Runs an application.
	 * @param arguments the protocol, and the number of servers
	 */
	public static void main(String[] arguments) {
		int status = 1;
		try {
			ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.properties(properties(arguments[0], Integer.parseInt(arguments[1])))
				.run();
			long cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
			SocketServer server = context.getBean(SocketServers.class).server(FIRST).orElseThrow();
			System.out.println(Objects.requireNonNull(server.localAddress()).getPort());
			BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				System.out.println(line.equals("start") ? cpu : answer(context, server, line));
			}
			status = 0;
		}
		catch (IOException | RuntimeException ex) {
			ex.printStackTrace();
		}
		finally {
			// Sessions do not have to end in good order.
			Runtime.getRuntime().halt(status);
		}
	}

	private static Map<String, Object> properties(String protocol, int servers) {
		Map<String, Object> properties = new HashMap<>();
		// Standard output is for results.
		properties.put("spring.main.banner-mode", "off");
		properties.put("spring.config.name", "scaled-application");
		for (int i = 0; i < servers; i++) {
			String server = "socket.servers.server-" + i;
			properties.put(server + ".port", 0);
			properties.put(server + ".protocol", protocol);
			properties.put(server + ".handler", "login");
			properties.put(server + ((protocol.equals("udp")) ? ".udp.session-timeout" : ".timeouts.idle"), "2h");
		}
		return properties;
	}

	private static long answer(ConfigurableApplicationContext context, SocketServer server, String line) {
		if (line.startsWith(BROADCAST)) {
			return server.broadcast(line.substring(BROADCAST.length()));
		}
		return switch (line) {
			case "http" -> context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
			case "sessions" ->
				server.sessions().filter((session) -> session.info().bound().containsKey(DEVICE)).count();
			case "meters" -> context.getBean(MeterRegistry.class).getMeters().size();
			case "threads" -> ManagementFactory.getThreadMXBean().getThreadCount();
			case "collect" -> {
				ManagementFactory.getMemoryMXBean().gc();
				ManagementFactory.getMemoryMXBean().gc();
				yield ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
			}
			default -> throw new IllegalArgumentException("There is no command '" + line + "'");
		};
	}

	/** The application, as a user would write it. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Login login() {
			return new Login();
		}

	}

	/** Takes the message that a peer sends for its identity. */
	@SocketHandler("login")
	static class Login {

		@OnMessage
		void login(String name, SocketSession session) {
			session.bind(DEVICE, name);
		}

	}

}
