package dev.socketserver.guides;

import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.payload.PayloadException;

@SocketHandler("orders")
class Orders {

	@OnMessage
	Receipt place(Order order) {
		return new Receipt(order.item(), order.amount() * 5);
	}

	@OnError
	Refusal refuse(PayloadException failure) {
		return new Refusal("not an order");
	}

	record Order(String item, int amount) {
	}

	record Receipt(String item, int price) {
	}

	record Refusal(String error) {
	}

}
