package dev.socketserver.handler.bean.scanned;

import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;

@SocketHandler("some-server")
public class ScannedHandler implements UnaryOperator<String> {

	@Override
	public String apply(String text) {
		return text;
	}

}
