package dev.socketserver.bridge.session;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.payload.FrameConverter;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spi.PreparationFigures;
import dev.socketserver.spi.PreparingHandler;
import dev.socketserver.spi.PreparingHandlers;
import org.jspecify.annotations.Nullable;

/**
 * The bridge of a server, which makes that of each session. Safe for use by several
 * threads.
 */
public final class Bridge implements PreparingHandlers {

	/** The name of the handler where there is none. */
	private static final String NAME = "bridge";

	private final BridgeSettings settings;

	private final BridgeStore store;

	private final BridgeStatistics statistics;

	private final ScheduledExecutorService timer;

	private final MessageReader reader;

	private final String name;

	private final PayloadConverter<?> converter;

	private final Function<SessionSpec, ? extends SessionHandler> handlers;

	private final boolean answersBadFrames;

	/**
	 * Creates a bridge.
	 * @param settings what the properties say
	 * @param store where messages are stored
	 * @param statistics counts them
	 * @param timer notices when time is over, and runs nothing else
	 * @param handler the handler behind the bridge; {@code null} if the bridge
	 * acknowledges messages itself
	 * @param reader reads payloads where there is no handler
	 */
	public Bridge(BridgeSettings settings, BridgeStore store, BridgeStatistics statistics,
			ScheduledExecutorService timer, ServerHandler.@Nullable Messages handler, PayloadConverter<?> reader) {
		this.settings = settings;
		this.store = store;
		this.statistics = statistics;
		this.timer = timer;
		this.reader = new MessageReader(settings);
		if (handler != null) {
			this.name = handler.name();
			this.converter = handler.input();
			this.handlers = handler.sessions();
			this.answersBadFrames = handler.answersBadFrames();
		}
		else {
			SessionHandler acknowledging = new AcknowledgingHandler(String.valueOf(settings.acknowledge()));
			this.name = NAME;
			this.converter = reader;
			this.handlers = (spec) -> acknowledging;
			this.answersBadFrames = false;
		}
	}

	/**
	 * Describes the handler of the server, for the engine.
	 * @return the handler, with the bridge before it
	 */
	public ServerHandler handler() {
		PayloadConverter<?> replies = (this.converter instanceof FrameConverter frames) ? frames.replies()
				: this.converter;
		return new ServerHandler.Messages(this.name, new FrameConverter(replies, this.converter.text(), true), false,
				this, this.answersBadFrames);
	}

	@Override
	public int ahead() {
		return this.settings.inFlight();
	}

	@Override
	public PreparingHandler apply(SessionSpec spec) {
		return new BridgedHandler(this, this.handlers.apply(spec));
	}

	@Override
	public Function<SessionSpec, ? extends SessionHandler> handlers() {
		return this.handlers;
	}

	@Override
	public PreparationFigures figures() {
		return this.statistics;
	}

	BridgeStatistics statistics() {
		return this.statistics;
	}

	PayloadConverter<?> converter() {
		return this.converter;
	}

	MessageReader reader() {
		return this.reader;
	}

	StoreQueue queue(Executor lane) {
		return new StoreQueue(this.settings, this.store, this.statistics, this.timer, lane);
	}

}
