package dev.socketserver.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

import dev.socketserver.fixtures.Patience;

/**
 * What is wrong with the application, its process or its machine.
 */
sealed interface Trouble extends Action {

	/** How a handler fails. */
	enum Fault {

		/** It throws an exception. */
		THROW,

		/** It throws an error. */
		ERROR,

		/** It blocks until it has been reported as stuck. */
		BLOCK

	}

	/** A handler fails. */
	record Handler(Fault fault) implements Trouble {

		private static final String SERVER = "faulty";

		@Override
		public void play(Field field, InetAddress from) throws IOException {
			try (Peer peer = field.connect(SERVER, from)) {
				peer.write("fine\n");
				peer.expect("fine");
				if (this.fault == Fault.BLOCK) {
					field.ended(SERVER, "PEER_CLOSED");
					field.model().expect(SERVER, "stuckCalls");
					peer.write("block\n");
					peer.expect("block");
					return;
				}
				field.ended(SERVER, "HANDLER_ERROR");
				peer.write((this.fault == Fault.THROW) ? "throw\n" : "error\n");
				peer.expectEnd();
			}
		}

		@Override
		public String kind() {
			return "Handler " + this.fault;
		}

	}

	/** There is no descriptor left for a while, and connections are made. */
	record NoDescriptors(int millis) implements Trouble {

		@Override
		public void play(Field field, InetAddress from) throws Exception {
			Future<String> taken = field.threads()
				.submit(() -> field.application()
					.text("POST", "/troubles/descriptors?millis=" + this.millis, null, 200));
			Pause.millis(this.millis / 3);
			List<Peer> peers = new ArrayList<>();
			try {
				for (int i = 0; i < 3; i++) {
					peers.add(field.connect("line", from));
					peers.get(i).write("short of descriptors\n");
				}
				for (Peer peer : peers) {
					field.ended("line", "PEER_CLOSED");
					peer.expect("short of descriptors");
				}
			}
			finally {
				for (Peer peer : peers) {
					peer.close();
				}
			}
			String answer = Patience.await(taken);
			if (!answer.startsWith("exhausted")) {
				throw new AssertionError("There were descriptors left: " + answer);
			}
		}

		@Override
		public boolean isAlone() {
			return true;
		}

	}

	/** The whole process does not run for a while. */
	record FrozenProcess(int millis) implements Trouble {

		@Override
		public void play(Field field, InetAddress from) throws Exception {
			try (Peer peer = field.connect("line", from)) {
				field.ended("line", "PEER_CLOSED");
				peer.write("before\n");
				peer.expect("before");
				field.application().signal("STOP");
				try {
					peer.write("while it is stopped\n");
					Pause.millis(this.millis);
					String stat = Files.readString(Path.of("/proc/" + field.application().pid() + "/stat"));
					if (!stat.substring(stat.lastIndexOf(')')).startsWith(") T")) {
						throw new AssertionError("The process was not stopped: " + stat);
					}
				}
				finally {
					field.application().signal("CONT");
				}
				peer.expect("while it is stopped");
			}
		}

		@Override
		public boolean isAlone() {
			return true;
		}

	}

	/**
	 * The certificate is replaced; new connections get the new one, and old ones go on.
	 */
	record NewCertificate() implements Trouble {

		@Override
		public void play(Field field, InetAddress from) throws IOException {
			synchronized (field.certificates()) {
				try (Peer old = field.open("tls", from)) {
					field.ended("tls", "PEER_CLOSED");
					String serial = field.certificates().renew();
					long deadline = System.nanoTime() + Patience.limit().toNanos();
					boolean seen = false;
					while (!seen) {
						try (Peer peer = field.open("tls", from)) {
							field.ended("tls", "PEER_CLOSED");
							seen = peer.certificate().equals(serial);
							peer.write("certified\n");
							peer.expect("certified");
							peer.endOutput();
							peer.expectEnd();
						}
						if (!seen && System.nanoTime() - deadline > 0) {
							throw new AssertionError("The new certificate is not used");
						}
						Pause.millis(40);
						if (!seen) {
							old.write("meanwhile\n");
							old.expect("meanwhile");
						}
					}
					old.write("as ever\n");
					old.expect("as ever");
				}
			}
		}

	}

}
