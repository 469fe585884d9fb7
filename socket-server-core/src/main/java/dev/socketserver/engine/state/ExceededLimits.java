package dev.socketserver.engine.state;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.spec.Execution;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.Inbound;
import dev.socketserver.spec.Outbound;
import dev.socketserver.spi.HandlerExecutor;

/**
 * The statuses with which sessions end that have exceeded a limit. They name the property
 * of that limit.
 */
public final class ExceededLimits {

	private ExceededLimits() {
	}

	/** The handler is too slow: more waits for it than may. */
	public static CloseStatus overflow(SessionSpec spec) {
		Inbound limits = spec.inbound();
		return CloseStatus.of(CloseReason.OVERFLOW, "more waits for the handler than inbound.capacity = "
				+ limits.capacity() + " and inbound.bytes = " + limits.bytes() + " allow");
	}

	/** The peer is too slow: more waits for it than may. */
	public static CloseStatus slowConsumer(SessionSpec spec) {
		Outbound limits = spec.outbound();
		return CloseStatus.of(CloseReason.SLOW_CONSUMER, "more waits for the peer than outbound.capacity = "
				+ limits.capacity() + " and outbound.bytes = " + limits.bytes() + " allow");
	}

	/** There is no thread for the handler. */
	public static CloseStatus executorRejected(SessionSpec spec) {
		return CloseStatus.of(CloseReason.EXECUTOR_REJECTED, "no thread was to be had for the handler" + threads(spec));
	}

	/** The property that says how many threads there are, if there is one. */
	private static String threads(SessionSpec spec) {
		Execution execution = spec.execution();
		if (!(spec.handler() instanceof ServerHandler.Messages)) {
			return "";
		}
		if (execution.executor() != null) {
			return ": execution.executor"
					+ ((execution.executor() instanceof HandlerExecutor named) ? " = " + named : "") + " has refused";
		}
		return (execution.mode().resolve() != ExecutionMode.POOL) ? ""
				: ", with execution.threads = %s and execution.queue = %s".formatted(execution.threads(),
						execution.queue());
	}

}
