package dev.socketserver.autoconfigure.settings.refresh;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.socketserver.autoconfigure.settings.refresh.SocketSettingsProperties.OnRefresh;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsConflictException;
import dev.socketserver.settings.SettingsPlan;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.ResolvableType;

/**
 * Makes changes when Spring Cloud says that the environment has changed. Events within
 * half a second are one. The class of the event is known by its name only.
 */
final class SettingsRefresh implements GenericApplicationListener {

	static final String EVENT = "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

	private static final long TOGETHER_MILLIS = 500;

	private static final SafeLogger logger = SafeLogger.of(SettingsRefresh.class);

	private final ConfigurableApplicationContext context;

	private final Supplier<SocketSettings> settings;

	private final OnRefresh onRefresh;

	private final AtomicBoolean due = new AtomicBoolean();

	SettingsRefresh(ConfigurableApplicationContext context, Supplier<SocketSettings> settings, OnRefresh onRefresh) {
		this.context = context;
		this.settings = settings;
		this.onRefresh = onRefresh;
		context.getEnvironment().getPropertySources().addFirst(new NeverRefreshed(context));
	}

	@Override
	public boolean supportsEventType(ResolvableType type) {
		Class<?> event = type.resolve();
		return event != null && event.getName().equals(EVENT);
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		later();
	}

	/** A change may wait for drains, which no publisher of an event expects. */
	private void later() {
		if (this.due.compareAndSet(false, true)) {
			Executor thread = (task) -> {
				Thread refresh = new Thread(task, "socket-settings-refresh");
				refresh.setDaemon(true);
				refresh.start();
			};
			CompletableFuture.delayedExecutor(TOGETHER_MILLIS, TimeUnit.MILLISECONDS, thread).execute(() -> {
				this.due.set(false);
				if (this.context.isActive()) {
					refresh();
				}
			});
		}
	}

	private void refresh() {
		try {
			SocketSettings all = this.settings.get();
			SettingsPlan plan = all.plan();
			if (plan.changes().isEmpty()) {
				return;
			}
			Verdict most = this.onRefresh.most();
			List<SettingsChange> left = (most != null) ? all.apply(plan, most, "refresh").left() : plan.changes();
			if (!left.isEmpty()) {
				logger.warn(
						"Changed properties are not in force yet: {}. Apply them with the endpoint socketsettings, "
								+ "or restart the application",
						left.stream().map(SettingsRefresh::name).collect(Collectors.joining(", ")));
			}
		}
		catch (SettingsRefusedException ex) {
			logger.error("Changed properties are refused, and all goes on as it was. {}", ex.getMessage());
		}
		catch (SettingsConflictException ex) {
			if (ex.isTemporary()) {
				logger.debug("Changed properties are applied later: {}", ex.getMessage());
				later();
			}
			else {
				logger.error("Changed properties could not be applied. {}", ex.getMessage());
			}
		}
		catch (RuntimeException ex) {
			logger.error("Changed properties could not be applied, and all goes on as it was", ex);
		}
	}

	private static @Nullable String name(SettingsChange change) {
		String entry = change.entry();
		if (entry == null) {
			return change.key();
		}
		String key = (change.key() != null) ? "." + change.key() : "";
		return "socket." + entry + key + " (" + change.verdict() + ")";
	}

}
