package dev.socketserver.benchmarks;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.SocketCluster;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Profile;

/**
 * Two nodes of a cluster of this project, each a Spring Boot application in this JVM,
 * which is configured by {@code node.yml}. They meet in a Redis.
 */
final class ClusterEcho implements EchoServer {

	private static final Logger log = LoggerFactory.getLogger(ClusterEcho.class);

	private static final String DEVICE = "device";

	private static final String SENDER = "sender";

	private static final String RECEIVER = "receiver";

	private @Nullable Redis redis;

	@Override
	public int start(Service service) throws IOException, InterruptedException {
		this.redis = Redis.start();
		int port = node(SENDER, "127.0.0.1", 0, this.redis);
		return node(RECEIVER, Service.OTHER_NODE, port, this.redis);
	}

	private static int node(String name, String address, int port, Redis redis) {
		SocketServers servers = new SpringApplicationBuilder(Application.class).profiles(name)
			.properties("spring.config.name=node")
			.run("--spring.data.redis.port=" + redis.port(), "--socket.cluster.node=" + name,
					"--socket.servers.cluster.address=" + address, "--socket.servers.cluster.port=" + port)
			.getBean(SocketServers.class);
		return Objects.requireNonNull(servers.server(Service.CLUSTER.id()).orElseThrow().localAddress()).getPort();
	}

	/** The application, as a user would write it. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@Profile(SENDER)
		Sender sender(SocketCluster cluster) {
			return new Sender(cluster);
		}

		@Bean
		@Profile(RECEIVER)
		Receiver receiver() {
			return new Receiver();
		}

	}

	/** Sends each line to the session that it names. */
	@SocketHandler("cluster")
	static class Sender {

		private final SocketCluster cluster;

		Sender(SocketCluster cluster) {
			this.cluster = cluster;
		}

		@OnMessage
		void send(String line, SocketSession session) {
			CompletableFuture<?> unused = this.cluster.send(DEVICE, Service.receiver(line), line)
				.thenAccept((delivery) -> {
					if (delivery != Delivery.WRITTEN) {
						log.warn("A line was not delivered: {}", delivery);
						session.abort();
					}
				});
		}

	}

	/** Binds a session to the name in its line. */
	@SocketHandler("cluster")
	static class Receiver {

		@OnMessage
		String bind(String line, SocketSession session) {
			session.bind(DEVICE, Service.receiver(line), BindPolicy.REPLACE);
			return line;
		}

	}

}
