package dev.socketserver.autoconfigure.event;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.SocketSession;
import dev.socketserver.address.AddressBan;
import dev.socketserver.event.SocketAddressBannedEvent;
import dev.socketserver.event.SocketServerAlarmEvent;
import dev.socketserver.event.SocketServerFailedEvent;
import dev.socketserver.event.SocketServerStartedEvent;
import dev.socketserver.event.SocketServerStoppedEvent;
import dev.socketserver.event.SocketSessionClosedEvent;
import dev.socketserver.event.SocketSessionOpenedEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;

/**
 * Publishes what happens to servers and sessions as application events. Whether anybody
 * listens to events of sessions is looked up each time a server starts, so that a session
 * costs nearly nothing if none does. If the number of listeners has changed since then,
 * all of these events are published.
 */
public final class EventPublisher implements SocketServerListener {

	private final ConfigurableApplicationContext context;

	/**
	 * The servers by name. The references are weak, and are not removed with the server:
	 * a session may outlive that, and the event of its end still needs the server.
	 */
	private final Map<String, Reference<SocketServer>> servers = new ConcurrentHashMap<>();

	/** What the last check has found. */
	private volatile Found found = new Found(0, false, false);

	public EventPublisher(ConfigurableApplicationContext context) {
		this.context = context;
		// Loads the class now: when it is needed there may be no descriptor to read it
		// with.
		SocketServerAlarmEvent.class.getName();
	}

	@Override
	public void started(SocketServer server) {
		for (Map.Entry<String, Reference<SocketServer>> known : this.servers.entrySet()) {
			if (known.getValue().refersTo(null)) {
				// Not what another server has put there meanwhile.
				this.servers.remove(known.getKey(), known.getValue());
			}
		}
		this.servers.put(server.name(), new WeakReference<>(server));
		// Counted first: who is added meanwhile makes another number.
		this.found = new Found(countListeners(), hasListener(SocketSessionOpenedEvent.class),
				hasListener(SocketSessionClosedEvent.class));
		InetSocketAddress address = server.localAddress();
		if (address != null) {
			this.context.publishEvent(new SocketServerStartedEvent(server, address));
		}
	}

	@Override
	public void failed(SocketServer server, Throwable cause) {
		this.context.publishEvent(new SocketServerFailedEvent(server, cause));
	}

	@Override
	public void stopped(SocketServer server) {
		this.context.publishEvent(new SocketServerStoppedEvent(server));
	}

	@Override
	public void opened(SocketSession session) {
		Found known = this.found;
		SocketServer server = serverIfListened(known.opened(), known, session);
		if (server != null) {
			this.context.publishEvent(new SocketSessionOpenedEvent(server, session));
		}
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) {
		Found known = this.found;
		SocketServer server = serverIfListened(known.closed(), known, session);
		if (server != null) {
			this.context.publishEvent(new SocketSessionClosedEvent(server, session, status));
		}
	}

	@Override
	public void alarm(SocketServer server, Alarm alarm) {
		this.context.publishEvent(new SocketServerAlarmEvent(server, alarm.kind(), alarm.detail(), alarm.cause()));
	}

	@Override
	public void banned(SocketServer server, AddressBan ban) {
		this.context.publishEvent(new SocketAddressBannedEvent(server, ban));
	}

	/**
	 * Returns the server of a session if anybody may listen to its events, else
	 * {@code null}. The number of listeners is checked, since a context may be given more
	 * at any time.
	 */
	private @Nullable SocketServer serverIfListened(boolean hadListener, Found known, SocketSession session) {
		if (!hadListener && countListeners() == known.listeners()) {
			return null;
		}
		Reference<SocketServer> server = this.servers.get(session.server());
		return (server != null) ? server.get() : null;
	}

	/**
	 * Counts the listeners, without counting each: another thread may be adding one.
	 */
	private int countListeners() {
		int count = 0;
		for (ApplicationContext context = this.context; context != null; context = context.getParent()) {
			if (context instanceof AbstractApplicationContext known) {
				count += known.getApplicationListeners().size();
			}
		}
		return count;
	}

	private boolean hasListener(Class<?> payload) {
		ResolvableType event = ResolvableType.forClassWithGenerics(PayloadApplicationEvent.class, payload);
		for (ApplicationContext context = this.context; context != null; context = context.getParent()) {
			if (hasListener(context, event)) {
				return true;
			}
		}
		return false;
	}

	private static boolean hasListener(ApplicationContext context, ResolvableType event) {
		if (!(context instanceof AbstractApplicationContext known) || hasOwnMulticaster(known)) {
			return true;
		}
		for (ApplicationListener<?> listener : known.getApplicationListeners()) {
			if (new GenericApplicationListenerAdapter(listener).supportsEventType(event)) {
				return true;
			}
		}
		for (String lazy : context.getBeanNamesForType(ApplicationListener.class, true, false)) {
			if (!known.getBeanFactory().containsSingleton(lazy) && supports(context.getType(lazy, false), event)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether the application has an event multicaster of its own, which may notify
	 * anybody.
	 */
	private static boolean hasOwnMulticaster(AbstractApplicationContext context) {
		return context.getBean(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME)
			.getClass() != SimpleApplicationEventMulticaster.class;
	}

	private static boolean supports(@Nullable Class<?> listener, ResolvableType event) {
		ResolvableType supported = ResolvableType.forClass(listener).as(ApplicationListener.class).getGeneric();
		return supported.resolve() == null || supported.isAssignableFrom(event);
	}

	/**
	 * What a check has found. Written as a whole: servers start side by side, and
	 * sessions open meanwhile.
	 *
	 * @param listeners how many listeners there were
	 * @param opened whether anybody listened to the beginnings of sessions
	 * @param closed whether anybody listened to their ends
	 */
	private record Found(int listeners, boolean opened, boolean closed) {

	}

}
