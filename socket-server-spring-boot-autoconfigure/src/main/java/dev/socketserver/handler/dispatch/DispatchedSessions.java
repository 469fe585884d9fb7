package dev.socketserver.handler.dispatch;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.handler.intercept.InterceptedInside;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.spi.PreparingHandlers;
import org.jspecify.annotations.Nullable;

/**
 * Makes the handlers of sessions whose messages have several methods, and knows them for
 * operators. Safe for use by several threads.
 */
public final class DispatchedSessions implements InterceptedInside {

	private final Function<SessionSpec, ? extends SessionHandler> methods;

	private final Dispatch dispatch;

	private DispatchedSessions(Function<SessionSpec, ? extends SessionHandler> methods, Dispatch dispatch) {
		this.methods = methods;
		this.dispatch = dispatch;
	}

	/**
	 * Describes a handler.
	 * @param name the name of the bean
	 * @param methods makes what calls the methods of the bean, with a
	 * {@link ChosenMessage}
	 * @param called which methods are called
	 * @param settings what the properties say
	 * @param observer watches messages, if there are several methods
	 * @return the handler
	 * @throws dev.socketserver.handler.InvalidHandlerException if a message could have
	 * several methods, or a method could have none
	 */
	public static ServerHandler.Messages handler(String name, Function<SessionSpec, ? extends SessionHandler> methods,
			DispatchedMethods called, DispatchSettings settings, Supplier<@Nullable MessageObserver> observer) {
		MessageTable table = called.table(settings.discriminator());
		List<MappedMethod> mapped = called.methods();
		Dispatch dispatch = new Dispatch(table, mapped, new Unmapped(settings.onUnmapped()), new MethodCalls(mapped),
				(mapped.size() > 1) ? observer : () -> null);
		return new ServerHandler.Messages(name, table.input(), false, new DispatchedSessions(methods, dispatch));
	}

	/**
	 * Returns the methods of a handler.
	 * @param handler the handler
	 * @return what knows them, {@code null} if there is one method at most
	 */
	public static @Nullable DispatchedSessions of(ServerHandler handler) {
		if (!(handler instanceof ServerHandler.Messages messages)) {
			return null;
		}
		Function<SessionSpec, ? extends SessionHandler> sessions = (messages
			.sessions() instanceof PreparingHandlers preparing) ? preparing.handlers() : messages.sessions();
		return (sessions instanceof DispatchedSessions dispatched) ? dispatched : null;
	}

	/**
	 * Returns which method is called for which key.
	 * @return the mappings in the order of their keys, the default last; none if there is
	 * one method, which has no key
	 */
	public List<Mapping> mappings() {
		List<MappedMethod> methods = this.dispatch.methods();
		if (methods.size() == 1 && methods.get(0).keys().isEmpty()) {
			return List.of();
		}
		return this.dispatch.table()
			.mappings()
			.stream()
			.sorted(Comparator.comparing(Mapping::key, Comparator.nullsLast(Comparator.naturalOrder())))
			.toList();
	}

	/**
	 * Returns the calls of the methods.
	 * @return how many there were, and how long they took; {@code null} with one method
	 */
	public @Nullable MethodCalls calls() {
		return (this.dispatch.methods().size() > 1) ? this.dispatch.calls() : null;
	}

	/**
	 * Has calls of sessions that will open be counted with those of earlier ones. Called
	 * before the first of them opens.
	 * @param earlier the handler of those that are open
	 */
	public void countWith(DispatchedSessions earlier) {
		this.dispatch.calls().follow(earlier.dispatch.calls());
	}

	/**
	 * Has sessions that are open do with messages that no method is for what later ones
	 * do. Any thread.
	 * @param next the handler of sessions that open from now on; {@code null} if that is
	 * this one again
	 */
	public void followedBy(@Nullable DispatchedSessions next) {
		this.dispatch.unmapped().followedBy((next != null) ? next.dispatch.unmapped() : null);
	}

	@Override
	public SessionHandler apply(SessionSpec spec) {
		return new DispatchingHandler(this.dispatch, this.methods.apply(spec));
	}

	@Override
	public InterceptedInside intercepted(UnaryOperator<SessionHandler> interceptors) {
		return new DispatchedSessions((spec) -> interceptors.apply(this.methods.apply(spec)), this.dispatch);
	}

	/**
	 * What all sessions share.
	 *
	 * @param table chooses methods
	 * @param methods the methods
	 * @param unmapped says what to do without a method
	 * @param calls counts the calls
	 * @param observer watches messages
	 */
	record Dispatch(MessageTable table, List<MappedMethod> methods, Unmapped unmapped, MethodCalls calls,
			Supplier<@Nullable MessageObserver> observer) {

	}

}
