package dev.socketserver.engine.server;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.ListenerSpec;
import dev.socketserver.admission.Admission;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/** A port that no one else uses, without a network. A test says when it is free. */
final class ManualPort implements ServerPort {

	private final CompletableFuture<@Nullable Void> free = new CompletableFuture<>();

	/** Run where somebody may have a permit that was given back. */
	volatile Runnable permitFree = () -> {
	};

	private volatile @Nullable RunListener listener;

	/** Begins a run whose listeners have such ports. */
	static ServerRun run(ServerContext context, ServerRun.RunEvents owner, List<Admission> earlier) {
		ServerIntake intake = new ServerIntake(context, earlier);
		List<RunListener> listeners = new ArrayList<>();
		for (ListenerContext listener : context.listeners()) {
			listeners.add(new RunListener(listener, new AcceptGate(), new ManualPort()));
		}
		ServerRun begun = new ServerRun(owner, (session, task) -> {
			throw new IllegalStateException("Nothing blocks here");
		}, new Diagnostics(null, false, context.failureLog()), intake, listeners, () -> {
		});
		begun.open();
		return begun;
	}

	/** Others may bind it from now on. */
	void becomesFree() {
		this.free.complete(null);
		Objects.requireNonNull(this.listener, "listener").portFree();
	}

	@Override
	public Runnable reconfigured(ListenerSpec next) {
		return () -> {
		};
	}

	@Override
	public void open(RunListener listener) {
		this.listener = listener;
	}

	@Override
	public void accept() {
	}

	@Override
	public CompletableFuture<@Nullable Void> obeyed() {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public void close() {
	}

	@Override
	public CompletableFuture<@Nullable Void> free() {
		return this.free;
	}

	@Override
	public void abortPending() {
	}

	@Override
	public void release() {
	}

	@Override
	public void permitFree() {
		this.permitFree.run();
	}

	@Override
	public SocketTransport transport() {
		return SocketTransport.NIO;
	}

	@Override
	public InetSocketAddress address() {
		return new InetSocketAddress(1);
	}

	@Override
	public @Nullable Throwable failure() {
		return null;
	}

}
