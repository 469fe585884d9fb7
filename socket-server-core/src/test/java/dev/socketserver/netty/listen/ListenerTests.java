package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.server.AcceptGate;
import dev.socketserver.engine.server.AcceptGate.Reason;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.UnixChannel;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A listener whose socket the test breaks, which a server's owner cannot.
 */
class ListenerTests {

	@RegisterExtension
	final LogLines log = new LogLines(Listener.class);

	/** How long the listener wanted to wait each time, in milliseconds. */
	private final BlockingQueue<Long> waits = new LinkedBlockingQueue<>();

	/** Whether it does not have to. */
	private volatile boolean hurry;

	private final ScheduledExecutorService timer = new ScheduledThreadPoolExecutor(1) {

		@Override
		public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
			ListenerTests.this.waits.add(unit.toMillis(delay));
			return super.schedule(task, ListenerTests.this.hurry ? 0 : delay, unit);
		}

	};

	private final AcceptGate gate = new AcceptGate();

	private final AtomicReference<Listener> listener = new AtomicReference<>();

	/** Every channel that was bound, in order. */
	private final BlockingQueue<Channel> channels = new LinkedBlockingQueue<>();

	private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

	private final ServerCounters counters = new ServerCounters();

	private final BlockingQueue<Alarm> alarms = new LinkedBlockingQueue<>();

	private final AtomicReference<ServerSocket> intruder = new AtomicReference<>();

	/** What is done each time while it binds. */
	private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {
	});

	/** Absent where the test is the loop. */
	private @Nullable EventLoopGroup loops;

	@AfterEach
	void end() throws InterruptedException {
		if (this.loops != null) {
			this.listener.get().close();
			this.listener.get().portFree().join();
			this.accepted.forEach((channel) -> channel.close().syncUninterruptibly());
			this.loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
		}
		this.timer.shutdownNow();
	}

	private int listen(SocketTransport transport) {
		TransportSupport support = TransportSupport.of(transport);
		this.loops = new MultiThreadIoEventLoopGroup(1, support.handlers());
		ServerBootstrap bootstrap = new ServerBootstrap().group(this.loops)
			.channelFactory(() -> open(transport, support))
			.option(ChannelOption.SO_REUSEADDR, true)
			.option(ChannelOption.AUTO_READ, false)
			.handler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel channel) {
					ListenerTests.this.channels.add(channel);
					channel.pipeline().addLast(new Failures(ListenerTests.this.listener));
				}

			})
			.childHandler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel channel) {
					ListenerTests.this.accepted.add(channel);
				}

			});
		// The port is bound again: meanwhile the system gives it to nobody else.
		Channel first = bootstrap.bind(InetAddress.getLoopbackAddress(), Ports.free()).syncUninterruptibly().channel();
		InetSocketAddress address = (InetSocketAddress) first.localAddress();
		this.listener.set(new Listener(spec("broken"), this.gate, this.timer, socket(transport, first, address, () -> {
			intrude(address);
			this.meanwhile.get().run();
			return bootstrap.bind(address);
		}), this.counters, new Alarms(this.alarms::add, Runnable::run)));
		this.gate.release(Reason.UNANNOUNCED);
		return address.getPort();
	}

	private static ListeningSocket socket(SocketTransport transport, Channel channel, InetSocketAddress address,
			Supplier<ChannelFuture> again) {
		return new ListeningSocket() {

			@Override
			public Channel channel() {
				return channel;
			}

			@Override
			public InetSocketAddress address() {
				return address;
			}

			@Override
			public AcceptedOptions options() {
				return AcceptedOptions.ofUnixSocket(SocketOptions.DEFAULT, UnixBinder.sockets(SocketTransport.NIO));
			}

			@Override
			public AcceptedOptions options(ListenerSpec next) {
				return AcceptedOptions.ofTcp(next, transport, TransportSupport.of(transport).options().inherited());
			}

			@Override
			public ChannelFuture rebind() {
				return again.get();
			}

		};
	}

	/** Takes the port in the moment in which it is free. */
	private void intrude(InetSocketAddress address) {
		ServerSocket other = this.intruder.get();
		if (other != null && !other.isBound()) {
			// Until the selector has let go of the lost one.
			Awaitility.await().ignoreExceptions().until(() -> {
				other.bind(address);
				return true;
			});
		}
	}

	/** What the test needs in order to break the socket underneath. */
	private final BlockingQueue<ServerSocketChannel> sockets = new LinkedBlockingQueue<>();

	private ServerChannel open(SocketTransport transport, TransportSupport support) {
		if (transport != SocketTransport.NIO) {
			return support.listeners().create(false);
		}
		try {
			ServerSocketChannel socket = ServerSocketChannel.open();
			this.sockets.add(socket);
			return new NioServerSocketChannel(socket);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Accept fails from then on; Netty does not know why. */
	private void breakUnderneath(Channel channel) throws Exception {
		if (channel instanceof UnixChannel unix) {
			((io.netty.channel.unix.Socket) unix.fd()).shutdown(true, true);
		}
		else {
			this.sockets.take().close();
		}
	}

	private static Socket connect(int port) throws IOException {
		Socket socket = new Socket();
		try {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
			return socket;
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	private void assertAccepts(int port) {
		Awaitility.await().ignoreExceptions().until(() -> {
			try (Socket socket = connect(port)) {
				Channel channel = accepted(socket, 1);
				if (channel != null) {
					channel.close();
				}
				return channel != null;
			}
		});
	}

	/**
	 * Waits for the other end of a connection. Those of others may come first, which were
	 * not waited for any longer.
	 */
	private @Nullable Channel accepted(Socket peer, long seconds) throws InterruptedException {
		Channel next = this.accepted.poll(seconds, TimeUnit.SECONDS);
		while (next != null && !isOf(next, peer)) {
			next.close();
			next = this.accepted.poll(seconds, TimeUnit.SECONDS);
		}
		return next;
	}

	private static boolean isOf(Channel channel, Socket peer) {
		return channel.remoteAddress() instanceof InetSocketAddress remote && remote.getPort() == peer.getLocalPort();
	}

	@Every.Transport
	void opensAnotherSocketOnThePortWhenTheOneItHasBreaks(SocketTransport transport) throws Exception {
		int port = listen(transport);
		for (int i = 0; i < 3; i++) {
			Channel current = this.channels.take();
			try (Socket session = connect(port)) {
				Channel live = Objects.requireNonNull(accepted(session, Patience.seconds()), "accepted");
				breakUnderneath(current);
				// Some notice only when they try to accept.
				assertAccepts(port);
				assertThat(current.isOpen()).isFalse();
				assertThat(live.isActive()).isTrue();
				session.getOutputStream().write(1);
				live.close().sync();
			}
			Awaitility.await().until(() -> this.listener.get().failure() == null);
			assertThat(this.listener.get().address().getPort()).isEqualTo(port);
			assertThat(this.counters.listenersReplaced()).isEqualTo(i + 1);
		}
		Awaitility.await().until(() -> lastAlarm() == Alarm.Kind.ACCEPT_RESUMED);
	}

	private Alarm.@Nullable Kind lastAlarm() {
		Alarm last = null;
		for (Alarm alarm : this.alarms) {
			last = alarm;
		}
		return (last != null) ? last.kind() : null;
	}

	@Every.Transport
	void opensAnotherSocketWhenTheChannelClosesByItself(SocketTransport transport) throws Exception {
		int port = listen(transport);
		// Only then: a connection could still reach the one that is closing.
		this.channels.take().close().sync();
		assertAccepts(port);
		assertThat(this.gate.isOpen()).isTrue();
		assertThat(this.listener.get().failure()).isNull();
	}

	@Every.Transport
	void keepsTryingWhileAnotherHasThePortAndSaysWhy(SocketTransport transport) throws Exception {
		int port = listen(transport);
		Channel current = this.channels.take();
		ServerSocket other = new ServerSocket();
		this.intruder.set(other);
		current.close();
		Awaitility.await().until(() -> other.isBound() && this.listener.get().failure() instanceof IOException);
		assertThat(this.gate.isHeldFor(Reason.HEALING)).isTrue();
		other.close();
		assertAccepts(port);
		assertThat(this.listener.get().failure()).isNull();
		Awaitility.await().until(() -> this.alarms.size() == 2);
		assertThat(this.alarms).extracting(Alarm::kind)
			.containsExactly(Alarm.Kind.ACCEPT_FAILED, Alarm.Kind.ACCEPT_RESUMED);
		assertThat(this.counters.listenersReplaced()).isEqualTo(1);
	}

	/** Transports whose connections have options of the listening socket. */
	static Stream<SocketTransport> inheriting() {
		return ServerFixture.everyTransport()
			.filter((transport) -> !TransportSupport.of(transport).options().inherited().isEmpty());
	}

	@ParameterizedTest(allowZeroInvocations = true)
	@MethodSource("inheriting")
	void optionsThatChangeWhileItBindsAreThoseOfTheSocketThatIsBound(SocketTransport transport) throws Exception {
		int port = listen(transport);
		ChannelOption<Integer> idle = TransportSupport.of(transport).options().keepAlive().idle();
		ListenerSpec next = ServerSpec.builder("next")
			.handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), (line) -> line))
			.options(SocketOptions.DEFAULT.keepAliveIdle(Duration.ofSeconds(7)))
			.build()
			.listeners()
			.get(0);
		this.meanwhile.set(() -> this.listener.get().options(next).run());
		this.channels.take().close().sync();
		Channel bound = this.channels.take();
		assertAccepts(port);
		assertThat(bound.config().getOption(idle)).isEqualTo(7);
	}

	/** A selector lets go of the port in its next round. */
	@Every.Transport
	void portIsFreeNoSoonerThoughItIsClosedTwice(SocketTransport transport) throws Exception {
		listen(transport);
		Listener closing = this.listener.get();
		assertThat(this.channels.take().eventLoop().submit(() -> {
			closing.close();
			closing.close();
			return closing.portFree().isDone();
		}).get()).isFalse();
		Patience.await(closing.portFree());
	}

	@Test
	void waitsForASecondAtMostAndDoesNotWarnEachTime() throws Exception {
		int port = listen(SocketTransport.NIO);
		ServerSocket other = new ServerSocket();
		this.intruder.set(other);
		this.channels.take().close();
		Awaitility.await().until(other::isBound);
		this.hurry = true;
		Awaitility.await().until(() -> this.waits.size() > 15);
		other.close();
		assertAccepts(port);
		assertThat(this.waits).startsWith(10L, 20L, 40L, 80L, 160L, 320L, 640L, 1_000L, 1_000L)
			.allMatch((millis) -> millis <= 1_000);
		assertThat(this.log.messages(Level.WARN)).filteredOn((line) -> line.contains("cannot open another"))
			.hasSizeLessThan(5);
	}

	@Every.Transport
	void onePieceOfTroubleIsReportedOnceHoweverOftenItFails(SocketTransport transport) throws Exception {
		int port = listen(transport);
		Channel current = this.channels.take();
		IOException none = new NativeIoException("accept", -24);
		AtomicInteger again = new AtomicInteger(2);
		// As with a descriptor that is free for a moment, again and again.
		current.pipeline().addFirst(new ChannelInboundHandlerAdapter() {

			@Override
			public void userEventTriggered(ChannelHandlerContext context, Object event) {
				if (event == AcceptSwitch.OPENED && again.getAndDecrement() > 0) {
					ListenerTests.this.listener.get().acceptFailed(current, none);
				}
				context.fireUserEventTriggered(event);
			}

		});
		assertThat(fail(current, none)).isTrue();
		Awaitility.await().until(() -> again.get() < 0);
		Awaitility.await().until(() -> this.alarms.size() == 2);
		assertThat(this.alarms).extracting(Alarm::kind)
			.containsExactly(Alarm.Kind.ACCEPT_FAILED, Alarm.Kind.ACCEPT_RESUMED);
		assertAccepts(port);
		assertThat(this.counters.listenersReplaced()).isZero();
	}

	/** Some of the errors of a new connection that accept(2) of Linux reports. */
	@Every.Transport
	void connectionThatIsLostWhileItIsAcceptedIsNoTrouble(SocketTransport transport) throws Exception {
		int port = listen(transport);
		Channel current = this.channels.take();
		int abortedConnection = -103;
		int brokenProtocol = -71;
		int unreachableHost = -113;
		for (int error : new int[] { abortedConnection, brokenProtocol, unreachableHost, abortedConnection }) {
			assertThat(fail(current, new NativeIoException("accept", error))).isFalse();
		}
		assertAccepts(port);
		assertThat(current.isOpen()).isTrue();
		assertThat(this.listener.get().failure()).isNull();
		assertThat(this.alarms).isEmpty();
		assertThat(this.counters.listenersReplaced()).isZero();
	}

	/** A new socket would not have them either. */
	@Every.Transport
	void socketIsKeptWhileTheSystemLacksMemoryOrDescriptors(SocketTransport transport) throws Exception {
		int port = listen(transport);
		Channel current = this.channels.take();
		int tooManyOfTheSystem = -23;
		int noMemory = -12;
		int noBuffers = -105;
		for (int error : new int[] { tooManyOfTheSystem, noMemory, noBuffers }) {
			assertThat(fail(current, new NativeIoException("accept", error))).isTrue();
			Awaitility.await().until(() -> this.gate.isOpen());
			assertThat(this.listener.get().failure()).isNull();
		}
		assertAccepts(port);
		assertThat(current.isOpen()).isTrue();
		assertThat(this.counters.listenersReplaced()).isZero();
	}

	/** The JDK does not report the number of an error. */
	@Every.Transport
	void failureForNoKnownReasonCostsTheSocketOnlyTheSecondTimeInARow(SocketTransport transport) throws Exception {
		int port = listen(transport);
		Channel current = this.channels.take();
		IOException unknown = new IOException("Nobody knows");
		for (int i = 0; i < 3; i++) {
			assertThat(fail(current, unknown)).isTrue();
			Awaitility.await().until(() -> this.gate.isOpen());
			assertAccepts(port);
			current.eventLoop().submit(() -> this.listener.get().accepted(new EmbeddedChannel())).sync();
		}
		assertThat(current.isOpen()).isTrue();
		assertThat(this.counters.listenersReplaced()).isZero();

		fail(current, unknown);
		fail(current, unknown);
		Awaitility.await().until(() -> this.counters.listenersReplaced() == 1);
		assertThat(current.isOpen()).isFalse();
		assertAccepts(port);
	}

	/**
	 * Has an accept fail.
	 * @return whether that holds the listener up for now; on the loop, which goes on soon
	 */
	private boolean fail(Channel channel, IOException cause) throws Exception {
		return channel.eventLoop().submit(() -> {
			Listener failing = this.listener.get();
			failing.acceptFailed(channel, cause);
			return this.gate.isHeldFor(Reason.EXHAUSTED) && failing.failure() != null;
		}).get();
	}

	@Every.Transport
	void doesNotComeBackAfterItWasClosed(SocketTransport transport) throws Exception {
		int port = listen(transport);
		this.channels.take().close();
		this.listener.get().close();
		Patience.await(this.listener.get().portFree());
		try (ServerSocket free = new ServerSocket()) {
			Awaitility.await().ignoreExceptions().until(() -> {
				free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
				return true;
			});
		}
	}

	@Every.Transport
	void aNewSocketIsHeldForWhatHeldTheOld(SocketTransport transport) throws Exception {
		int port = listen(transport);
		this.gate.hold(Reason.PAUSED);
		this.channels.take().close();
		Channel successor = Patience.next(this.channels);
		Awaitility.await().until(() -> !this.gate.isHeldFor(Reason.HEALING));
		assertThat(successor.config().isAutoRead()).isFalse();
		this.gate.release(Reason.PAUSED);
		assertAccepts(port);
	}

	/** As when its file is removed, just before the loop looks for that. */
	@Test
	void whatIsRetiredByTheStopIsNotReplaced() {
		EmbeddedChannel channel = new EmbeddedChannel();
		AtomicBoolean retired = new AtomicBoolean();
		ListeningSocket socket = new EmbeddedSocket(channel, List.of()) {

			@Override
			public void retire() {
				retired.set(true);
				check(channel);
			}

			@Override
			public @Nullable Exception unreachable() {
				return retired.get() ? new NoSuchFileException("test.sock") : null;
			}

		};
		Listener listener = listener(socket, this.timer);
		listener.close();
		check(channel);
		assertThat(channel.isOpen()).isFalse();
		assertThat(this.alarms).isEmpty();
		assertThat(this.waits).isEmpty();
	}

	private static void check(EmbeddedChannel channel) {
		channel.advanceTimeBy(1, TimeUnit.SECONDS);
		channel.runScheduledPendingTasks();
	}

	@Test
	void socketThatIsReplacedWhileTheListenerIsMadeAccepts() {
		EmbeddedChannel first = new EmbeddedChannel();
		first.close();
		EmbeddedChannel second = new EmbeddedChannel();
		second.config().setAutoRead(false);
		ScheduledExecutorService atOnce = new ScheduledThreadPoolExecutor(1) {

			@Override
			public @Nullable ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
				task.run();
				return null;
			}

		};
		listener(new EmbeddedSocket(first, List.of(second)), atOnce);
		this.gate.release(Reason.UNANNOUNCED);
		assertThat(second.config().isAutoRead()).isTrue();
		atOnce.shutdownNow();
	}

	private static ListenerSpec spec(String name) {
		return ServerSpec.builder(name)
			.handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), (line) -> line))
			.build()
			.listeners()
			.get(0);
	}

	private Listener listener(ListeningSocket socket, ScheduledExecutorService timer) {
		return new Listener(spec("embedded"), this.gate, timer, socket, this.counters,
				new Alarms(this.alarms::add, Runnable::run));
	}

	/** A socket whose loop is the test. */
	private static class EmbeddedSocket implements ListeningSocket {

		private final EmbeddedChannel channel;

		private final Iterator<EmbeddedChannel> others;

		EmbeddedSocket(EmbeddedChannel channel, List<EmbeddedChannel> others) {
			this.channel = channel;
			this.others = others.iterator();
		}

		@Override
		public Channel channel() {
			return this.channel;
		}

		@Override
		public InetSocketAddress address() {
			return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
		}

		@Override
		public AcceptedOptions options() {
			return AcceptedOptions.ofUnixSocket(SocketOptions.DEFAULT, UnixBinder.sockets(SocketTransport.NIO));
		}

		@Override
		public ChannelFuture rebind() {
			return this.others.next().newSucceededFuture();
		}

	}

	/** Reports to the listener what the transport reports. */
	private static final class Failures extends ChannelInboundHandlerAdapter {

		private final AtomicReference<Listener> listener;

		Failures(AtomicReference<Listener> listener) {
			this.listener = listener;
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			this.listener.get().acceptFailed(context.channel(), cause);
		}

	}

}
