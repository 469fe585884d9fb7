package dev.socketserver.redis;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application of the cluster, whose sessions are bound to the user that they send.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
class LoginApplication {

	/** Starts it as a node of a cluster in a Redis of this machine. */
	static ConfigurableApplicationContext run(int redis, String node, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--spring.data.redis.port=" + redis,
				"--socket.cluster.node=" + node, "--socket.servers.login.port=0", "--server.port=0"));
		arguments.addAll(List.of(more));
		return new SpringApplicationBuilder(LoginApplication.class).run(arguments.toArray(String[]::new));
	}

	static SocketServer server(ConfigurableApplicationContext node) {
		return node.getBean(SocketServers.class).get("login");
	}

	@SocketHandler("login")
	static class Login {

		@OnMessage
		String login(String user, SocketSession session) {
			session.join("users");
			return "" + session.bind("user", user, BindPolicy.REPLACE);
		}

	}

}
