package dev.socketserver.bridge.session;

import dev.socketserver.bridge.Stored;
import dev.socketserver.handler.SocketArgumentResolver;
import dev.socketserver.handler.SocketMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;

/**
 * Gives methods of handlers how the message that they are called for was stored. A call
 * has one thread.
 */
public final class CurrentStored implements SocketArgumentResolver {

	private static final ThreadLocal<@Nullable Stored> CURRENT = new ThreadLocal<>();

	/** Sets it for a call, or ends that with {@code null}. */
	static void set(@Nullable Stored stored) {
		if (stored != null) {
			CURRENT.set(stored);
		}
		else {
			CURRENT.remove();
		}
	}

	/** Whether the message that is being handled was stored. */
	static boolean isStored() {
		return CURRENT.get() != null;
	}

	@Override
	public boolean supports(MethodParameter parameter) {
		return parameter.getParameterType() == Stored.class;
	}

	@Override
	public @Nullable Object resolve(MethodParameter parameter, SocketMessage message) {
		return CURRENT.get();
	}

}
