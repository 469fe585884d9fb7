package dev.socketserver.netty;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

import dev.socketserver.fixtures.Patience;
import org.awaitility.Awaitility;

/**
 * Trusts whom another trusts, but takes its time to say so, as one does that asks a
 * server of revoked certificates which does not answer.
 */
public final class SlowTrust extends X509ExtendedTrustManager implements AutoCloseable {

	/** The threads that it was asked on. */
	public final List<Thread> askers = new CopyOnWriteArrayList<>();

	private final AtomicInteger answers = new AtomicInteger();

	/** How often it names each of those whom it trusts to sign. */
	public volatile int times = 1;

	private final X509TrustManager other;

	private volatile CountDownLatch gate = new CountDownLatch(0);

	public SlowTrust(Certificates authority) {
		this.other = (X509TrustManager) authority.trust();
	}

	/** Says nothing from now on. */
	public SlowTrust hesitate() {
		this.askers.clear();
		this.answers.set(0);
		this.gate = new CountDownLatch(1);
		return this;
	}

	/** Says what it has to say. */
	public void decide() {
		this.gate.countDown();
	}

	@Override
	public void close() {
		decide();
	}

	/** Says what it has to say, and waits until all who have asked have gone. */
	public void decideForAll() {
		decide();
		Awaitility.await().until(() -> this.answers.get() == this.askers.size());
	}

	public void awaitAsked(int times) {
		Awaitility.await().until(() -> this.askers.size() >= times);
	}

	private void answer(Answer answer) throws CertificateException {
		this.askers.add(Thread.currentThread());
		try {
			if (!this.gate.await(Patience.seconds(), TimeUnit.SECONDS)) {
				throw new CertificateException("The test has not ended");
			}
			answer.give();
		}
		catch (InterruptedException ex) {
			throw new CertificateException(ex);
		}
		finally {
			this.answers.incrementAndGet();
		}
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		answer(() -> this.other.checkClientTrusted(chain, authType));
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
			throws CertificateException {
		answer(() -> this.other.checkServerTrusted(chain, authType));
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void checkClientTrusted(X509Certificate[] chain, String authType) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void checkServerTrusted(X509Certificate[] chain, String authType) {
		throw new UnsupportedOperationException();
	}

	@Override
	public X509Certificate[] getAcceptedIssuers() {
		return Collections.nCopies(this.times, this.other.getAcceptedIssuers())
			.stream()
			.flatMap(Arrays::stream)
			.toArray(X509Certificate[]::new);
	}

	private interface Answer {

		void give() throws CertificateException;

	}

}
