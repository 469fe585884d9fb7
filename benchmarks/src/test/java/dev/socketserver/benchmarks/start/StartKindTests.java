package dev.socketserver.benchmarks.start;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StartKindTests {

	private static final List<String> BOOT = List.of("benchmarks.jar", "spring-boot-4.1.1.jar",
			"spring-boot-starter-logging-4.1.1.jar", "spring-core-7.0.9.jar", "logback-classic-1.5.38.jar",
			"micrometer-observation-1.17.1.jar");

	private static final List<String> OURS = List.of("socket-server-core.jar", "socket-server-client.jar",
			"socket-server-spring-boot-starter.jar", "spring-boot-netty-4.1.1.jar");

	private static final List<String> NETTY = List.of("netty-transport-4.2.18.Final.jar",
			"netty-transport-native-epoll-4.2.18.Final-linux-x86_64.jar");

	private static final List<String> WEB = List.of("spring-boot-starter-webmvc-4.1.1.jar",
			"spring-boot-tomcat-4.1.1.jar", "spring-webmvc-7.0.9.jar", "tomcat-embed-core-11.0.24.jar",
			"jackson-databind-3.1.5.jar");

	private static final List<String> OTHERS = List.of("socket-server-cluster.jar",
			"socket-server-spring-boot-starter-redis.jar", "spring-boot-actuator-4.1.1.jar", "spring-tx-7.0.9.jar",
			"micrometer-core-1.17.1.jar", "netty-codec-http-4.2.18.Final.jar", "jackson-core-2.21.5.jar",
			"vertx-core-5.2.0.jar");

	@Test
	void anApplicationHasWhatItsStartersBring() {
		assertThat(librariesOf(StartKind.BARE)).isEqualTo(all(BOOT));
		assertThat(librariesOf(StartKind.NETTY)).isEqualTo(all(BOOT, NETTY));
		assertThat(librariesOf(StartKind.SERVER)).isEqualTo(all(BOOT, NETTY, OURS));
		assertThat(librariesOf(StartKind.WEB)).isEqualTo(all(BOOT, WEB));
		assertThat(librariesOf(StartKind.WEB_AND_SERVER)).isEqualTo(all(BOOT, NETTY, OURS, WEB));
	}

	private static List<String> librariesOf(StartKind kind) {
		return all(BOOT, NETTY, OURS, WEB, OTHERS).stream().filter(kind::has).toList();
	}

	@SafeVarargs
	@SuppressWarnings("varargs")
	private static List<String> all(List<String>... libraries) {
		return Stream.of(libraries).flatMap(List::stream).toList();
	}

}
