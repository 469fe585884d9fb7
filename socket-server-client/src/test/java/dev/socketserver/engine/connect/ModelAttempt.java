package dev.socketserver.engine.connect;

import java.io.IOException;

import dev.socketserver.client.ConnectFailure;
import org.jspecify.annotations.Nullable;

/** An attempt of a client of {@link ClientModel}, which waits for that to decide. */
final class ModelAttempt implements ConnectionAttempt {

	private static final int UNDER_WAY = 0;

	private static final int KEPT = 1;

	private static final int OVER = 2;

	private final ClientModel model;

	private final ClientConnection connection;

	private int state = UNDER_WAY;

	private @Nullable ModelLink link;

	ModelAttempt(ClientModel model, ClientConnection connection) {
		this.model = model;
		this.connection = connection;
	}

	int server() {
		return this.connection.address().index();
	}

	@Override
	public void begin() {
		this.model.begun(this);
	}

	void connect() {
		if (this.connection.isProbe()) {
			this.state = KEPT;
			this.connection.kept();
		}
		else {
			open();
		}
	}

	private void open() {
		end(() -> this.model.opens(() -> {
			ModelLink led = new ModelLink(this.model, this.connection);
			this.link = led;
			this.model.connected(led);
			led.open();
		}));
	}

	void refuse() {
		end(() -> this.connection.failed(ConnectFailure.REFUSED, new IOException("refused")));
	}

	/** Whether it is connected without a session. */
	boolean isKept() {
		return this.state == KEPT;
	}

	/** What was kept is reset. */
	void lose() {
		end(() -> this.connection.keptLost(new IOException("reset")));
	}

	private void end(Runnable then) {
		this.state = OVER;
		this.model.over(this);
		then.run();
	}

	@Override
	public void use() {
		this.model.threads().add(() -> {
			if (this.state == KEPT) {
				open();
			}
		});
	}

	@Override
	public boolean cancel() {
		if (this.state == OVER) {
			return false;
		}
		if (this.state == UNDER_WAY) {
			this.model.countCancelled();
		}
		end(this.connection::cancelled);
		return true;
	}

	@Override
	public boolean isSettled() {
		return this.state == OVER;
	}

	@Override
	public int nextAddress() {
		return 1;
	}

	@Override
	public void execute(Runnable task) {
		ModelLink led = this.link;
		ClientModel.check(led != null, "There is no connection yet");
		led.execute(task);
	}

}
