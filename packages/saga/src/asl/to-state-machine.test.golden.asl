{
  "Comment": "Saga purchase, version 2, orchestrated.",
  "StartAt": "begin",
  "States": {
    "begin": {
      "Type": "Pass",
      "Comment": "Nothing of any step is done yet.",
      "Result": {
        "reserve": {
          "type": "none"
        },
        "approve": {
          "type": "none"
        },
        "book": {
          "type": "none"
        },
        "charge": {
          "type": "none"
        },
        "ship": {
          "type": "none"
        },
        "issue": {
          "type": "none"
        },
        "notify": {
          "type": "none"
        }
      },
      "ResultPath": "$.steps",
      "Next": "parallel 2"
    },
    "parallel 2": {
      "Type": "Parallel",
      "Branches": [
        {
          "StartAt": "reserve",
          "States": {
            "reserve": {
              "Type": "Task",
              "Resource": "arn:aws:states:::lambda:invoke",
              "Parameters": {
                "FunctionName": "${reserveFunctionArn}",
                "Payload": {
                  "saga": "purchase",
                  "step": "reserve",
                  "work": "run",
                  "orderId.$": "$.key",
                  "idempotencyKey.$": "States.Format('purchase/reserve/{}', $.key)",
                  "events": {
                    "OrderPlaced.$": "$.start"
                  }
                }
              },
              "ResultSelector": {
                "type.$": "$.Payload.type",
                "data.$": "$.Payload.data"
              },
              "ResultPath": "$.steps.reserve",
              "TimeoutSeconds": 900,
              "Retry": [
                {
                  "ErrorEquals": [
                    "States.ALL"
                  ],
                  "IntervalSeconds": 60,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 900,
                  "JitterStrategy": "NONE",
                  "MaxAttempts": 4
                }
              ],
              "Next": "outcome of reserve"
            },
            "outcome of reserve": {
              "Type": "Choice",
              "Choices": [
                {
                  "Variable": "$.steps.reserve.type",
                  "StringEquals": "StockReserved",
                  "Next": "ask whether approve is needed"
                },
                {
                  "Variable": "$.steps.reserve.type",
                  "StringEquals": "StockRejected",
                  "Next": "end of branch 1 of parallel 2"
                }
              ]
            },
            "ask whether approve is needed": {
              "Type": "Task",
              "Resource": "arn:aws:states:::lambda:invoke",
              "Parameters": {
                "FunctionName": "${approveFunctionArn}",
                "Payload": {
                  "saga": "purchase",
                  "step": "approve",
                  "work": "needed",
                  "orderId.$": "$.key",
                  "idempotencyKey.$": "States.Format('purchase/approve/{}', $.key)",
                  "events": {
                    "StockReserved.$": "$.steps.reserve"
                  }
                }
              },
              "ResultSelector": {
                "yes.$": "$.Payload"
              },
              "ResultPath": "$.needed",
              "TimeoutSeconds": 900,
              "Retry": [
                {
                  "ErrorEquals": [
                    "States.ALL"
                  ],
                  "IntervalSeconds": 60,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 900,
                  "JitterStrategy": "NONE",
                  "MaxAttempts": 99999999
                }
              ],
              "Next": "approve is needed?"
            },
            "approve is needed?": {
              "Type": "Choice",
              "Choices": [
                {
                  "Variable": "$.needed.yes",
                  "BooleanEquals": true,
                  "Next": "approve"
                }
              ],
              "Default": "approve is not needed"
            },
            "approve is not needed": {
              "Type": "Pass",
              "Result": {
                "type": "NotNeeded"
              },
              "ResultPath": "$.steps.approve",
              "Next": "end of branch 1 of parallel 2"
            },
            "approve": {
              "Type": "Task",
              "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
              "Parameters": {
                "FunctionName": "${approveFunctionArn}",
                "Payload": {
                  "saga": "purchase",
                  "step": "approve",
                  "work": "wait",
                  "orderId.$": "$.key",
                  "idempotencyKey.$": "States.Format('purchase/approve/{}', $.key)",
                  "events": {
                    "StockReserved.$": "$.steps.reserve"
                  },
                  "taskToken.$": "$$.Task.Token"
                }
              },
              "ResultSelector": {
                "type.$": "$.type",
                "data.$": "$.data"
              },
              "ResultPath": "$.steps.approve",
              "TimeoutSeconds": 172800,
              "Retry": [
                {
                  "ErrorEquals": [
                    "Lambda.ClientExecutionTimeoutException",
                    "Lambda.ServiceException",
                    "Lambda.AWSLambdaException",
                    "Lambda.SdkClientException"
                  ],
                  "IntervalSeconds": 60,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 900,
                  "JitterStrategy": "NONE",
                  "MaxAttempts": 6
                }
              ],
              "Catch": [
                {
                  "ErrorEquals": [
                    "States.Timeout",
                    "Cancelled"
                  ],
                  "ResultPath": "$.error",
                  "Next": "give up approve"
                }
              ],
              "Next": "outcome of approve"
            },
            "outcome of approve": {
              "Type": "Choice",
              "Choices": [
                {
                  "Variable": "$.steps.approve.type",
                  "StringEquals": "OrderApproved",
                  "Next": "end of branch 1 of parallel 2"
                },
                {
                  "Variable": "$.steps.approve.type",
                  "StringEquals": "OrderRefused",
                  "Next": "end of branch 1 of parallel 2"
                }
              ]
            },
            "give up approve": {
              "Type": "Task",
              "Resource": "arn:aws:states:::lambda:invoke",
              "Parameters": {
                "FunctionName": "${approveFunctionArn}",
                "Payload": {
                  "saga": "purchase",
                  "step": "approve",
                  "work": "fail",
                  "orderId.$": "$.key",
                  "idempotencyKey.$": "States.Format('purchase/approve/{}', $.key)",
                  "events": {
                    "StockReserved.$": "$.steps.reserve"
                  },
                  "error.$": "$.error.Error"
                }
              },
              "ResultSelector": {
                "type.$": "$.Payload.type",
                "data.$": "$.Payload.data"
              },
              "ResultPath": "$.steps.approve",
              "TimeoutSeconds": 900,
              "Retry": [
                {
                  "ErrorEquals": [
                    "States.ALL"
                  ],
                  "IntervalSeconds": 60,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 900,
                  "JitterStrategy": "NONE",
                  "MaxAttempts": 4
                }
              ],
              "Next": "end of branch 1 of parallel 2"
            },
            "end of branch 1 of parallel 2": {
              "Type": "Pass",
              "End": true
            }
          }
        },
        {
          "StartAt": "book",
          "States": {
            "book": {
              "Type": "Task",
              "Resource": "arn:aws:states:::events:putEvents.waitForTaskToken",
              "Parameters": {
                "Entries": [
                  {
                    "EventBusName": "${eventBusArn}",
                    "Source": "purchase",
                    "DetailType": "OrderPlaced",
                    "Detail": {
                      "orderId.$": "$.key",
                      "idempotencyKey.$": "States.Format('purchase/book/{}', $.key)",
                      "events": {
                        "OrderPlaced.$": "$.start"
                      },
                      "taskToken.$": "$$.Task.Token"
                    }
                  }
                ]
              },
              "ResultSelector": {
                "type.$": "$.type",
                "data.$": "$.data"
              },
              "ResultPath": "$.steps.book",
              "TimeoutSeconds": 3600,
              "Retry": [
                {
                  "ErrorEquals": [
                    "EventBridge.FailedEntry"
                  ],
                  "IntervalSeconds": 60,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 900,
                  "JitterStrategy": "NONE",
                  "MaxAttempts": 6
                }
              ],
              "Next": "outcome of book"
            },
            "outcome of book": {
              "Type": "Choice",
              "Choices": [
                {
                  "Variable": "$.steps.book.type",
                  "StringEquals": "TruckBooked",
                  "Next": "end of branch 2 of parallel 2"
                },
                {
                  "Variable": "$.steps.book.type",
                  "StringEquals": "TruckRefused",
                  "Next": "end of branch 2 of parallel 2"
                }
              ]
            },
            "end of branch 2 of parallel 2": {
              "Type": "Pass",
              "End": true
            }
          }
        }
      ],
      "ResultSelector": {
        "reserve.$": "$[0].steps.reserve",
        "approve.$": "$[0].steps.approve",
        "book.$": "$[1].steps.book",
        "charge.$": "$[0].steps.charge",
        "ship.$": "$[0].steps.ship",
        "issue.$": "$[0].steps.issue",
        "notify.$": "$[0].steps.notify"
      },
      "ResultPath": "$.steps",
      "Next": "parallel 2 succeeded?"
    },
    "parallel 2 succeeded?": {
      "Type": "Choice",
      "Choices": [
        {
          "And": [
            {
              "Or": [
                {
                  "Variable": "$.steps.approve.type",
                  "StringEquals": "OrderApproved"
                },
                {
                  "Variable": "$.steps.approve.type",
                  "StringEquals": "NotNeeded"
                }
              ]
            },
            {
              "Variable": "$.steps.book.type",
              "StringEquals": "TruckBooked"
            }
          ],
          "Next": "charge"
        }
      ],
      "Default": "undo book?"
    },
    "charge": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {
        "FunctionName": "${chargeFunctionArn}",
        "Payload": {
          "saga": "purchase",
          "step": "charge",
          "work": "run",
          "orderId.$": "$.key",
          "idempotencyKey.$": "States.Format('purchase/charge/{}', $.key)",
          "events": {
            "StockReserved.$": "$.steps.reserve",
            "OrderApproved.$": "$.steps.approve",
            "TruckBooked.$": "$.steps.book"
          }
        }
      },
      "ResultSelector": {
        "type.$": "$.Payload.type",
        "data.$": "$.Payload.data"
      },
      "ResultPath": "$.steps.charge",
      "TimeoutSeconds": 900,
      "Retry": [
        {
          "ErrorEquals": [
            "States.Timeout"
          ],
          "MaxAttempts": 0
        },
        {
          "ErrorEquals": [
            "States.ALL"
          ],
          "IntervalSeconds": 60,
          "BackoffRate": 2,
          "MaxDelaySeconds": 900,
          "JitterStrategy": "NONE",
          "MaxAttempts": 4
        }
      ],
      "Catch": [
        {
          "ErrorEquals": [
            "States.ALL"
          ],
          "ResultPath": "$.error",
          "Next": "give up charge"
        }
      ],
      "Next": "outcome of charge"
    },
    "outcome of charge": {
      "Type": "Choice",
      "Choices": [
        {
          "Variable": "$.steps.charge.type",
          "StringEquals": "PaymentCaptured",
          "Next": "ask for CancelRequested"
        },
        {
          "Variable": "$.steps.charge.type",
          "StringEquals": "PaymentDeclined",
          "Next": "undo book?"
        }
      ]
    },
    "give up charge": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {
        "FunctionName": "${chargeFunctionArn}",
        "Payload": {
          "saga": "purchase",
          "step": "charge",
          "work": "fail",
          "orderId.$": "$.key",
          "idempotencyKey.$": "States.Format('purchase/charge/{}', $.key)",
          "events": {
            "StockReserved.$": "$.steps.reserve",
            "OrderApproved.$": "$.steps.approve",
            "TruckBooked.$": "$.steps.book"
          },
          "error.$": "$.error.Error"
        }
      },
      "ResultSelector": {
        "type.$": "$.Payload.type",
        "data.$": "$.Payload.data"
      },
      "ResultPath": "$.steps.charge",
      "TimeoutSeconds": 900,
      "Retry": [
        {
          "ErrorEquals": [
            "States.ALL"
          ],
          "IntervalSeconds": 60,
          "BackoffRate": 2,
          "MaxDelaySeconds": 900,
          "JitterStrategy": "NONE",
          "MaxAttempts": 4
        }
      ],
      "Next": "undo book?"
    },
    "ask for CancelRequested": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {
        "FunctionName": "${endFunctionArn}",
        "Payload": {
          "saga": "purchase",
          "step": "end",
          "work": "cancelled",
          "orderId.$": "$.key",
          "idempotencyKey.$": "States.Format('purchase/end/{}', $.key)"
        }
      },
      "ResultSelector": {
        "yes.$": "$.Payload"
      },
      "ResultPath": "$.cancelled",
      "TimeoutSeconds": 900,
      "Retry": [
        {
          "ErrorEquals": [
            "States.ALL"
          ],
          "IntervalSeconds": 60,
          "BackoffRate": 2,
          "MaxDelaySeconds": 900,
          "JitterStrategy": "NONE",
          "MaxAttempts": 99999999
        }
      ],
      "Next": "CancelRequested?"
    },
    "CancelRequested?": {
      "Type": "Choice",
      "Choices": [
        {
          "Variable": "$.cancelled.yes",
          "BooleanEquals": true,
          "Next": "undo charge"
        }
      ],
      "Default": "ship"
    },
    "ship": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {
        "FunctionName": "${shipFunctionArn}",
        "Payload": {
          "saga": "purchase",
          "step": "ship",
          "work": "run",
          "orderId.$": "$.key",
          "idempotencyKey.$": "States.Format('purchase/ship/{}', $.key)",
          "events": {
            "PaymentCaptured.$": "$.steps.charge"
          }
        }
      },
      "ResultSelector": {
        "type.$": "$.Payload.type",
        "data.$": "$.Payload.data"
      },
      "ResultPath": "$.steps.ship",
      "TimeoutSeconds": 900,
      "Retry": [
        {
          "ErrorEquals": [
            "States.ALL"
          ],
          "IntervalSeconds": 30,
          "BackoffRate": 2,
          "MaxDelaySeconds": 600,
          "JitterStrategy": "NONE",
          "MaxAttempts": 7
        }
      ],
      "Next": "outcome of ship"
    },
    "outcome of ship": {
      "Type": "Choice",
      "Choices": [
        {
          "Variable": "$.steps.ship.type",
          "StringEquals": "ShipmentDispatched",
          "Next": "parallel 1"
        },
        {
          "Variable": "$.steps.ship.type",
          "StringEquals": "ShippingFailed",
          "Next": "undo charge"
        }
      ]
    },
    "parallel 1": {
      "Type": "Parallel",
      "Branches": [
        {
          "StartAt": "issue",
          "States": {
            "issue": {
              "Type": "Task",
              "Resource": "arn:aws:states:::lambda:invoke",
              "Parameters": {
                "FunctionName": "${issueFunctionArn}",
                "Payload": {
                  "saga": "purchase",
                  "step": "issue",
                  "work": "run",
                  "orderId.$": "$.key",
                  "idempotencyKey.$": "States.Format('purchase/issue/{}', $.key)",
                  "events": {
                    "ShipmentDispatched.$": "$.steps.ship"
                  }
                }
              },
              "ResultSelector": {
                "type.$": "$.Payload.type",
                "data.$": "$.Payload.data"
              },
              "ResultPath": "$.steps.issue",
              "TimeoutSeconds": 900,
              "Retry": [
                {
                  "ErrorEquals": [
                    "States.ALL"
                  ],
                  "IntervalSeconds": 60,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 900,
                  "JitterStrategy": "NONE",
                  "MaxAttempts": 99999999
                }
              ],
              "Next": "end of branch 1 of parallel 1"
            },
            "end of branch 1 of parallel 1": {
              "Type": "Pass",
              "End": true
            }
          }
        },
        {
          "StartAt": "notify",
          "States": {
            "notify": {
              "Type": "Task",
              "Resource": "arn:aws:states:::lambda:invoke",
              "Parameters": {
                "FunctionName": "${notifyFunctionArn}",
                "Payload": {
                  "saga": "purchase",
                  "step": "notify",
                  "work": "run",
                  "orderId.$": "$.key",
                  "idempotencyKey.$": "States.Format('purchase/notify/{}', $.key)",
                  "events": {
                    "ShipmentDispatched.$": "$.steps.ship"
                  }
                }
              },
              "ResultSelector": {
                "type.$": "$.Payload.type",
                "data.$": "$.Payload.data"
              },
              "ResultPath": "$.steps.notify",
              "TimeoutSeconds": 900,
              "Retry": [
                {
                  "ErrorEquals": [
                    "States.ALL"
                  ],
                  "IntervalSeconds": 60,
                  "BackoffRate": 2,
                  "MaxDelaySeconds": 900,
                  "JitterStrategy": "NONE",
                  "MaxAttempts": 99999999
                }
              ],
              "Next": "end of branch 2 of parallel 1"
            },
            "end of branch 2 of parallel 1": {
              "Type": "Pass",
              "End": true
            }
          }
        }
      ],
      "ResultSelector": {
        "reserve.$": "$[0].steps.reserve",
        "approve.$": "$[0].steps.approve",
        "book.$": "$[0].steps.book",
        "charge.$": "$[0].steps.charge",
        "ship.$": "$[0].steps.ship",
        "issue.$": "$[0].steps.issue",
        "notify.$": "$[1].steps.notify"
      },
      "ResultPath": "$.steps",
      "Next": "record OrderCompleted"
    },
    "undo charge": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {
        "FunctionName": "${chargeFunctionArn}",
        "Payload": {
          "saga": "purchase",
          "step": "charge",
          "work": "undo",
          "orderId.$": "$.key",
          "idempotencyKey.$": "States.Format('purchase/charge/{}', $.key)",
          "outcome.$": "$.steps.charge.data",
          "steps.$": "$.steps"
        }
      },
      "ResultPath": null,
      "TimeoutSeconds": 900,
      "Retry": [
        {
          "ErrorEquals": [
            "States.ALL"
          ],
          "IntervalSeconds": 60,
          "BackoffRate": 2,
          "MaxDelaySeconds": 900,
          "JitterStrategy": "NONE",
          "MaxAttempts": 4
        }
      ],
      "Next": "undo book?"
    },
    "undo book?": {
      "Type": "Choice",
      "Choices": [
        {
          "Variable": "$.steps.book.type",
          "StringEquals": "TruckBooked",
          "Next": "undo book"
        }
      ],
      "Default": "undo reserve?"
    },
    "undo book": {
      "Type": "Task",
      "Resource": "arn:aws:states:::events:putEvents.waitForTaskToken",
      "Parameters": {
        "Entries": [
          {
            "EventBusName": "${eventBusArn}",
            "Source": "purchase",
            "DetailType": "TruckReturnRequested",
            "Detail": {
              "orderId.$": "$.key",
              "idempotencyKey.$": "States.Format('purchase/book/{}', $.key)",
              "events": {
                "OrderPlaced.$": "$.start"
              },
              "taskToken.$": "$$.Task.Token"
            }
          }
        ]
      },
      "ResultPath": null,
      "TimeoutSeconds": 3600,
      "Retry": [
        {
          "ErrorEquals": [
            "EventBridge.FailedEntry"
          ],
          "IntervalSeconds": 60,
          "BackoffRate": 2,
          "MaxDelaySeconds": 900,
          "JitterStrategy": "NONE",
          "MaxAttempts": 6
        }
      ],
      "Next": "undo reserve?"
    },
    "undo reserve?": {
      "Type": "Choice",
      "Choices": [
        {
          "Variable": "$.steps.reserve.type",
          "StringEquals": "StockReserved",
          "Next": "undo reserve"
        }
      ],
      "Default": "record OrderCancelled"
    },
    "undo reserve": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {
        "FunctionName": "${reserveFunctionArn}",
        "Payload": {
          "saga": "purchase",
          "step": "reserve",
          "work": "undo",
          "orderId.$": "$.key",
          "idempotencyKey.$": "States.Format('purchase/reserve/{}', $.key)",
          "outcome.$": "$.steps.reserve.data",
          "steps.$": "$.steps"
        }
      },
      "ResultPath": null,
      "TimeoutSeconds": 900,
      "Retry": [
        {
          "ErrorEquals": [
            "States.ALL"
          ],
          "IntervalSeconds": 60,
          "BackoffRate": 2,
          "MaxDelaySeconds": 900,
          "JitterStrategy": "NONE",
          "MaxAttempts": 4
        }
      ],
      "Next": "record OrderCancelled"
    },
    "record OrderCompleted": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {
        "FunctionName": "${endFunctionArn}",
        "Payload": {
          "saga": "purchase",
          "step": "end",
          "work": "done",
          "orderId.$": "$.key",
          "idempotencyKey.$": "States.Format('purchase/end/{}', $.key)",
          "steps.$": "$.steps"
        }
      },
      "ResultPath": null,
      "TimeoutSeconds": 900,
      "Retry": [
        {
          "ErrorEquals": [
            "States.ALL"
          ],
          "IntervalSeconds": 60,
          "BackoffRate": 2,
          "MaxDelaySeconds": 900,
          "JitterStrategy": "NONE",
          "MaxAttempts": 99999999
        }
      ],
      "Next": "OrderCompleted"
    },
    "OrderCompleted": {
      "Type": "Succeed"
    },
    "record OrderCancelled": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {
        "FunctionName": "${endFunctionArn}",
        "Payload": {
          "saga": "purchase",
          "step": "end",
          "work": "cancel",
          "orderId.$": "$.key",
          "idempotencyKey.$": "States.Format('purchase/end/{}', $.key)",
          "steps.$": "$.steps"
        }
      },
      "ResultPath": null,
      "TimeoutSeconds": 900,
      "Retry": [
        {
          "ErrorEquals": [
            "States.ALL"
          ],
          "IntervalSeconds": 60,
          "BackoffRate": 2,
          "MaxDelaySeconds": 900,
          "JitterStrategy": "NONE",
          "MaxAttempts": 99999999
        }
      ],
      "Next": "OrderCancelled"
    },
    "OrderCancelled": {
      "Type": "Fail",
      "Error": "OrderCancelled",
      "Cause": "A step failed, and all before it were undone."
    }
  }
}
