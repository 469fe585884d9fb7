package dev.socketserver.autoconfigure;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.FormsApplication.Forms;
import dev.socketserver.autoconfigure.FormsApplication.QuietForms;
import dev.socketserver.autoconfigure.FormsApplication.Recorder;
import dev.socketserver.autoconfigure.event.EventPublisher;
import dev.socketserver.event.SocketServerStartedEvent;
import dev.socketserver.event.SocketServerStoppedEvent;
import dev.socketserver.event.SocketSessionClosedEvent;
import dev.socketserver.event.SocketSessionOpenedEvent;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.stereotype.Component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** Events of servers and sessions. */
@Tag("virtual-threads")
class ApplicationEventsTests {

	@Test
	void publishesWhatHappens() throws Exception {
		Recorder recorder;
		try (ConfigurableApplicationContext context = FormsApplication.run(Forms.class,
				"--socket.servers.upper.port=0")) {
			recorder = context.getBean(Recorder.class);
			SocketServer server = context.getBean(SocketServers.class).get("upper");
			assertThat(recorder.events.get(0)).isEqualTo(new SocketServerStartedEvent(server, server.localAddress()));
			assertThat(recorder.portAtStart).isEqualTo(String.valueOf(TestPeer.port(context, "upper")));
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				peer.send("text\n").end();
			}
			await().untilAsserted(() -> assertThat(recorder.events).satisfiesOnlyOnce((event) -> {
				assertThat(event).isInstanceOf(SocketSessionClosedEvent.class);
				SocketSessionClosedEvent closed = (SocketSessionClosedEvent) event;
				assertThat(closed.server()).isSameAs(server);
				assertThat(closed.session().id()).isEqualTo("upper-1");
				assertThat(closed.status().reason()).isEqualTo(CloseReason.PEER_CLOSED);
			}));
			assertThat(recorder.events.get(1)).isInstanceOf(SocketSessionOpenedEvent.class);
			context.stop();
			assertThat(recorder.events).contains(new SocketServerStoppedEvent(server));
		}
	}

	@Test
	void sessionEventsAreNotMadeForNobody() throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication.run(new Class<?>[] { QuietForms.class },
				"--socket.servers.upper.port=0")) {
			EventPublisher publisher = new EventPublisher(context);
			SocketServer server = context.getBean(SocketServers.class).get("upper");
			publisher.started(server);
			assertThat(publisher).hasFieldOrPropertyWithValue("found.opened", false)
				.hasFieldOrPropertyWithValue("found.closed", false);
		}
	}

	@Test
	void listenersThatComeLaterHearOfSessions() throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication.run(QuietForms.class,
				"--socket.servers.upper.port=0")) {
			List<String> received = new CopyOnWriteArrayList<>();
			context.addApplicationListener(ApplicationListener
				.forPayload((SocketSessionOpenedEvent event) -> received.add(event.session().id())));
			context.addApplicationListener(ApplicationListener
				.forPayload((SocketSessionClosedEvent event) -> received.add(event.status().reason().name())));

			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.send("text\n").end()).isEqualTo("TEXT\n");
			}

			await().untilAsserted(() -> assertThat(received).containsExactly("upper-1", "PEER_CLOSED"));
		}
	}

	@Test
	void sessionsAreNotifiedToAListenerThatIsJustLookedUp() throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication.run(QuietForms.class,
				"--socket.servers.upper.port=0")) {
			SocketServer server = context.getBean(SocketServers.class).get("upper");
			SocketSession session = mock(SocketSession.class);
			given(session.server()).willReturn("upper");
			EventPublisher publisher = new EventPublisher(context);
			publisher.started(server);
			Late late = new Late(() -> publisher.opened(session));
			context.addApplicationListener(late);

			publisher.started(server);

			assertThat(late.received).containsExactly(session);
		}
	}

	@Test
	void aMulticasterOfTheApplicationGetsEventsOfSessions() throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication
			.run(new Class<?>[] { QuietForms.class, Bus.class }, "--socket.servers.upper.port=0")) {
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.send("text\n").end()).isEqualTo("TEXT\n");
			}
			List<Object> carried = context.getBean(Bus.class).carried;
			await().untilAsserted(() -> assertThat(carried).hasAtLeastOneElementOfType(SocketSessionOpenedEvent.class)
				.hasAtLeastOneElementOfType(SocketSessionClosedEvent.class));
		}
	}

	@Test
	void theEndOfASessionThatOutlivesItsServerIsNotified() throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication.run(
				new Class<?>[] { Forms.class, Outliving.class }, "--socket.servers.outliving.port=0",
				"--socket.servers.outliving.shutdown=immediate");
				TestPeer peer = TestPeer.connect(context, "outliving")) {
			peer.send("stay\n");
			Patience.await(Outliving.called);
			SocketServers servers = context.getBean(SocketServers.class);
			Reference<SocketServer> server = new WeakReference<>(servers.get("outliving"));
			servers.remove("outliving");
			Patience.await(Outliving.removed);
			List<Object> events = context.getBean(Recorder.class).events;
			assertThat(events).hasAtLeastOneElementOfType(SocketSessionOpenedEvent.class)
				.doesNotHaveAnyElementsOfTypes(SocketSessionClosedEvent.class);

			Outliving.go.release();

			await().untilAsserted(() -> assertThat(events).hasAtLeastOneElementOfType(SocketSessionClosedEvent.class));
			events.clear();
			await("it is forgotten").until(() -> {
				System.gc();
				return server.refersTo(null);
			});
		}
		finally {
			Outliving.go.release();
		}
	}

	/** The session is no longer the server's when its end is reported. */
	@Test
	void theEndOfASessionIsNotifiedAlsoWhereTheRemovalOfItsServerWasNotified() throws Exception {
		try (ConfigurableApplicationContext context = FormsApplication.run(Forms.class,
				"--socket.servers.upper.port=0"); TestPeer peer = TestPeer.connect(context, "upper")) {
			assertThat(peer.ask("text")).isEqualTo("TEXT");
			SocketServer server = context.getBean(SocketServers.class).get("upper");
			SocketSession session = server.sessions().findFirst().orElseThrow();
			EventPublisher publisher = new EventPublisher(context);
			publisher.started(server);
			assertThat(peer.end()).isEmpty();
			Recorder recorder = context.getBean(Recorder.class);
			await().untilAsserted(
					() -> assertThat(recorder.events).hasAtLeastOneElementOfType(SocketSessionClosedEvent.class));
			recorder.events.clear();

			publisher.removed(server);
			publisher.closed(session, CloseStatus.of(CloseReason.PEER_CLOSED));

			assertThat(recorder.events).singleElement().isInstanceOf(SocketSessionClosedEvent.class);
		}
	}

	/** Has something happen when it is first asked whether it wants sessions. */
	static final class Late implements GenericApplicationListener {

		final List<Object> received = new CopyOnWriteArrayList<>();

		private @Nullable Runnable first;

		Late(Runnable first) {
			this.first = first;
		}

		@Override
		public boolean supportsEventType(ResolvableType event) {
			boolean supported = event.getGeneric().resolve() == SocketSessionOpenedEvent.class;
			Runnable task = this.first;
			if (supported && task != null) {
				this.first = null;
				task.run();
			}
			return supported;
		}

		@Override
		public void onApplicationEvent(ApplicationEvent event) {
			if (event instanceof PayloadApplicationEvent<?> wrapped
					&& wrapped.getPayload() instanceof SocketSessionOpenedEvent opened) {
				this.received.add(opened.session());
			}
		}

	}

	@Component(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME)
	static class Bus extends SimpleApplicationEventMulticaster {

		final List<Object> carried = new CopyOnWriteArrayList<>();

		@Override
		public void multicastEvent(ApplicationEvent event, @Nullable ResolvableType type) {
			if (event instanceof PayloadApplicationEvent<?> wrapped) {
				this.carried.add(wrapped.getPayload());
			}
			super.multicastEvent(event, type);
		}

	}

	/** Does not return before it may, whatever anybody does. */
	@Configuration(proxyBeanMethods = false)
	static class Outliving {

		static final CountDownLatch called = new CountDownLatch(1);

		static final CountDownLatch removed = new CountDownLatch(1);

		static final Semaphore go = new Semaphore(0);

		@Bean
		@SocketHandler("outliving")
		UnaryOperator<String> outliving() {
			return (line) -> {
				called.countDown();
				go.acquireUninterruptibly();
				return line;
			};
		}

		@Bean
		SocketServerListener removals() {
			return FormsApplication.countsDownWhenRemoved(removed);
		}

	}

}
