package dev.socketserver.benchmarks.stores;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Delivers letters by hand: a loop selects the oldest letter of each device in turn,
 * sends it, and notes that. Each statement is a transaction. Who receives them is on a
 * thread of its own, as with the mailbox.
 */
final class LetterLoop implements Stores.Load {

	private final StoringApplication application;

	private final int sessions;

	LetterLoop(StoringApplication application, int sessions) {
		this.application = application;
		this.sessions = sessions;
	}

	@Override
	public void prepare() throws SQLException {
		MailboxLoad.post(this.application, this.sessions);
	}

	@Override
	public int run(long end) throws IOException, SQLException, InterruptedException {
		List<Socket> accepted = new ArrayList<>();
		try (ServerSocket listener = new ServerSocket(0, this.sessions, InetAddress.getLoopbackAddress());
				Peers peers = new Peers(((InetSocketAddress) listener.getLocalSocketAddress()).getPort(),
						this.sessions)) {
			for (int i = 0; i < this.sessions; i++) {
				Socket socket = listener.accept();
				socket.setTcpNoDelay(true);
				accepted.add(socket);
			}
			Thread sender = new Thread(() -> deliver(accepted, end), "sender");
			sender.start();
			int received = peers.exchange(end, (peer, lines) -> {
			});
			sender.join();
			return received;
		}
		finally {
			for (Socket each : accepted) {
				each.close();
			}
		}
	}

	private void deliver(List<Socket> devices, long end) {
		try (Connection connection = this.application.connection();
				PreparedStatement select = connection.prepareStatement("select position, payload from socket_mailbox "
						+ "where identity = ? and state = 'WAITING' order by position limit 1");
				PreparedStatement update = connection.prepareStatement(
						"update socket_mailbox set state = 'DELIVERED', ended_at = ? where position = ?")) {
			while (System.nanoTime() < end) {
				for (int i = 0; i < devices.size(); i++) {
					select.setString(1, "device:d" + i);
					long position;
					byte[] letter;
					try (ResultSet row = select.executeQuery()) {
						if (!row.next()) {
							continue;
						}
						position = row.getLong(1);
						letter = row.getBytes(2);
					}
					byte[] line = new byte[letter.length + 1];
					System.arraycopy(letter, 0, line, 0, letter.length);
					line[letter.length] = '\n';
					devices.get(i).getOutputStream().write(line);
					update.setLong(1, System.currentTimeMillis());
					update.setLong(2, position);
					update.executeUpdate();
				}
			}
		}
		catch (SQLException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
