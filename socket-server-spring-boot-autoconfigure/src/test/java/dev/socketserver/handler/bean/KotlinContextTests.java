package dev.socketserver.handler.bean;

import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.observation.SocketObservationAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import kotlin.Metadata;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.Dispatchers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;

import static org.assertj.core.api.Assertions.assertThat;

/** What goes with a suspend function of Kotlin when it goes on by another thread. */
class KotlinContextTests {

	private final TestObservationRegistry observations = TestObservationRegistry.create();

	private final ApplicationContextRunner runner = SecuredHandlers.with(Suspending.class)
		.withConfiguration(AutoConfigurations.of(SocketObservationAutoConfiguration.class))
		.withPropertyValues("socket.observations.enabled=true")
		.withBean(Vault.class)
		.withBean(ObservationRegistry.class, () -> this.observations);

	@Test
	void thePrincipalAndTheTraceGoOnWithIt() {
		this.runner.run((context) -> {
			SocketServers servers = context.getBean(SocketServers.class);
			try (TestPeer admin = TestPeer.connect(servers.get("admin").localAddress());
					TestPeer guest = TestPeer.connect(servers.get("guest").localAddress())) {
				for (int i = 0; i < 20; i++) {
					assertThat(admin.ask("name")).isEqualTo("ann");
					assertThat(guest.ask("name")).isEqualTo("nobody");
					assertThat(admin.ask("trace")).isEqualTo("socket.server.message");
					assertThat(admin.ask("vault")).isEqualTo("gold");
					assertThat(guest.ask("vault")).isEqualTo("denied");
				}
			}
		});
		assertThat(this.observations.getCurrentObservation()).isNull();
	}

	@Test
	void itNeedsNeitherSecurityNorContextPropagation() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.security", "io.micrometer"))
			.withBean("handler", Plain.class)
			.withPropertyValues("socket.servers.it.port=0", "socket.servers.it.handler=handler")
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(context.getBean(SocketServers.class).get("it").localAddress())) {
					assertThat(peer.ask("a")).isEqualTo("a");
				}
			});
	}

	/** What Kotlin's compiler makes of a suspend function that goes on elsewhere. */
	@Metadata
	record Suspending(Vault vault, ObservationRegistry observations) {

		@OnMessage
		Object on(String line, Continuation<? super String> continuation) {
			return BuildersKt.withContext(Dispatchers.getIO(), (scope, inner) -> answer(line), continuation);
		}

		private String answer(String line) {
			if (line.equals("vault")) {
				return this.vault.open();
			}
			if (line.equals("trace")) {
				Observation current = this.observations.getCurrentObservation();
				return (current != null) ? String.valueOf(current.getContextView().getName()) : "none";
			}
			Authentication known = SecurityContextHolder.getContext().getAuthentication();
			return (known != null) ? known.getName() : "nobody";
		}

		@OnError
		String failed(AccessDeniedException failure) {
			return "denied";
		}

		@OnError
		String failed(AuthenticationException failure) {
			return "denied";
		}

	}

	static class Vault {

		@PreAuthorize("hasRole('ADMIN')")
		public String open() {
			return "gold";
		}

	}

	@Metadata
	static class Plain {

		@OnMessage
		Object on(String line, Continuation<? super String> continuation) {
			return BuildersKt.withContext(Dispatchers.getIO(), (scope, inner) -> line, continuation);
		}

	}

}
